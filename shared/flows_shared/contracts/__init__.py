"""What one service asks of another: routes and jobs, a file a subject. Both ends import them from here."""
