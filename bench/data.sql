-- Data set for the booking-slot benchmarks.  Deterministic: no random(), no now().
--
--   psql -v hosts=.. -v bookings=.. ... -f data.sql DATABASE      (bench.py has the sizes)
--
--   hosts         number of hosts
--   bookings      bookings per host (of them 10 % cancelled)
--   busy          imported busy intervals per host
--   past_days     span before  2026-03-02 00:00 UTC ("t0", a Monday; US, EU, Lord Howe DST changes follow within 34 days)
--   future_days   span after t0
--   future_share  share of the bookings that lie after t0
--   allday        0: bookings lie in the working hours, 60-minute cells, 7 a weekday
--                 1: bookings lie around the clock, 15-minute cells (for one host with very many bookings)
--
-- Everything lives in schema tb.  Re-running drops it.
\set ON_ERROR_STOP 1
\timing off
set client_min_messages = warning;
set timezone = 'UTC';
create extension if not exists btree_gist;
drop schema if exists tb cascade;
create schema tb;
set search_path = tb, public;
select format('alter database %I set search_path = tb, public', current_database()) \gexec

create table param as select timestamptz '2026-03-02 00:00+00' as t0, :hosts::bigint as hosts,
  :bookings::int as bookings, :busy::int as busy, :past_days::int as past_days,
  :future_days::int as future_days, :future_share::float8 as future_share, :allday::int as allday;

create function h31(a bigint, b bigint, seed bigint) returns bigint language sql immutable parallel safe
  as $$ select hashint8extended(a * 1000003 + b, seed) & 2147483647 $$;

create table host (id bigint primary key, tz text not null, name text not null);
insert into host
select i, (array['Asia/Kolkata','America/New_York','Europe/Berlin','Australia/Lord_Howe','Asia/Jakarta','UTC',
                 'America/Sao_Paulo','Asia/Kathmandu','Pacific/Auckland','America/St_Johns','Africa/Casablanca',
                 'Pacific/Chatham'])[1 + i % 12], 'host ' || i
from generate_series(1, :hosts) i;

-- Mon-Fri 09:00-12:00, 13:00-17:00 local
create table weekly_rule (host_id bigint not null references host, dow int2 not null, start_time time not null, end_time time not null,
  primary key (host_id, dow, start_time));
insert into weekly_rule
select h.id, d, s, e from host h, generate_series(1, 5) d,
  (values (time '09:00', time '12:00'), (time '13:00', time '17:00')) v(s, e)
order by 1, 2, 3;

-- a row replaces the weekly rules of its date; NULL times = the date is blocked
create table date_override (host_id bigint not null references host, day date not null, start_time time, end_time time);
insert into date_override
select h.id, date '2026-03-02' + (k * 52 + h31(h.id, k, 1) % 52)::int,
  case when k < 3 then time '10:00' end, case when k < 3 then time '14:00' end
from host h, generate_series(0, 6) k
order by 1, 2;
create unique index on date_override (host_id, day, start_time) nulls not distinct;

create table booking (id bigint not null, host_id bigint not null, during tstzrange not null,
  status text not null default 'confirmed', guest text,
  starts_at timestamptz generated always as (lower(during)) stored, ends_at timestamptz generated always as (upper(during)) stored);
-- One booking in each stratum of equal size, at a hashed cell of it: never two in one cell, so never an overlap.
insert into booking
with p as (
  select *, round(bookings * future_share)::int as nf, bookings - round(bookings * future_share)::int as np,
    case when allday = 1 then 96 * past_days else past_days / 7 * 35 end as cp,
    case when allday = 1 then 96 * future_days else future_days / 7 * 35 end as cf
  from param),
g as (
  select h.id as host_id, h.tz, k, p.*,
    case when k < np then k * cp::bigint / np + h31(h.id, k, 2) % greatest((k + 1) * cp::bigint / np - k * cp::bigint / np, 1) - cp
         else (k - np) * cf::bigint / nf + h31(h.id, k, 2) % greatest((k - np + 1) * cf::bigint / nf - (k - np) * cf::bigint / nf, 1) end as cell,
    h31(h.id, k, 3) % 10 as r
  from p, host h, generate_series(0, p.bookings - 1) k),
s as (
  select *, case when allday = 1 then t0 + cell * interval '15 min'
      else (date '2026-03-02' + (floor(cell / 35.0) * 7)::int + (((cell % 35) + 35) % 35 / 7)::int
        + (array[time '09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00'])[1 + (((cell % 35) + 35) % 35 % 7)]) at time zone tz end as c,
    case when allday = 1 then case when r < 6 then interval '15 min' else interval '10 min' end
      when r < 6 then interval '30 min' when r < 8 then interval '45 min' else interval '60 min' end as len,
    case when allday = 1 then interval '0' when r < 3 then interval '30 min' when r = 6 then interval '15 min' else interval '0' end as off
  from g)
select row_number() over (), host_id, tstzrange(c + off, c + off + len),
  case h31(host_id, k, 4) % 10 when 0 then 'cancelled' when 1 then 'pending' else 'confirmed' end, 'guest ' || k
from s order by h31(host_id, k, 5);        -- heap order is not host order, as in a table grown by real bookings

-- imported from calendars: around the clock, may overlap anything
create table busy (id bigint not null, host_id bigint not null, during tstzrange not null,
  starts_at timestamptz generated always as (lower(during)) stored, ends_at timestamptz generated always as (upper(during)) stored);
insert into busy
select row_number() over (), h.id, tstzrange(t, t + (interval '15 min' * (1 + h31(h.id, k, 7) % 8)))
from param p, host h, generate_series(1, p.busy) k,
  lateral (select p.t0 + (h31(h.id, k, 6) % ((p.past_days + p.future_days) * 96) - p.past_days * 96) * interval '15 min') x(t)
order by h31(h.id, k, 8);

set maintenance_work_mem = '1GB';
alter table booking add primary key (id);
alter table booking add constraint booking_no_overlap
  exclude using gist (host_id with =, during with &&) where (status in ('pending', 'confirmed'));
create index booking_cover on booking (host_id, starts_at) include (ends_at) where status in ('pending', 'confirmed');
alter table busy add primary key (id);
create index busy_gist on busy using gist (host_id, during);
create index busy_cover on busy (host_id, starts_at) include (ends_at);
vacuum analyze host; vacuum analyze weekly_rule; vacuum analyze date_override; vacuum analyze booking; vacuum analyze busy;
