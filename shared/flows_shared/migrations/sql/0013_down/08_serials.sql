DROP FUNCTION public.release_meter;
