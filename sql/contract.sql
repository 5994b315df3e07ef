-- The SQL surface that applications rely on: names, arguments and their order,
-- result columns, types.  What is listed here is never renamed or reordered.
SET timezone = 'UTC';
SET datestyle = ISO;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS timetap CASCADE;
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\n    '

-- functions; NULL means the default of an optional argument, save where it
-- has a meaning of its own
SELECT p.proname AS function,
	regexp_replace(pg_get_function_arguments(p.oid), ' DEFAULT NULL::[a-z ]+(\[\])?', ' = NULL', 'g') AS arguments,
	pg_get_function_result(p.oid) AS result,
	CASE p.provolatile WHEN 's' THEN 'stable' WHEN 'v' THEN 'volatile' ELSE 'immutable' END AS volatility
FROM pg_proc p
WHERE p.pronamespace = 'timetap'::regnamespace
ORDER BY p.proname;

-- one name, one signature
SELECT proname FROM pg_proc WHERE pronamespace = 'timetap'::regnamespace GROUP BY 1 HAVING count(*) > 1;

-- names of arguments differ from those of output columns where a caller could mix them up
SELECT p.proname, a.name
FROM pg_proc p, unnest(p.proargnames, p.proargmodes) a(name, mode)
WHERE p.pronamespace = 'timetap'::regnamespace AND p.provolatile = 's' AND a.mode IN ('o', 't', 'b')
	AND EXISTS (SELECT FROM unnest(p.proargnames, p.proargmodes) i(name, mode) WHERE i.name = a.name AND i.mode = 'i');

-- types and views
SELECT c.relname, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'timetap'::regnamespace AND c.relkind IN ('c', 'v')
GROUP BY c.relname ORDER BY c.relname;

-- tables' public columns
SELECT c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'timetap'::regnamespace AND c.relkind = 'r'
GROUP BY c.relname ORDER BY c.relname;
