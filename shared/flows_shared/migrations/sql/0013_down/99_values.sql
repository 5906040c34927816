-- Guards of columns go with their columns.
SELECT 1;
