-- What a user would write instead of timetap: naive SQL (a), a PL/pgSQL loop (c), and the best SQL known (b2 and
-- its kin); and the floor.  All of one meaning, checked against each other and against timetap by check.sql:
--   a slot [s, s+dur) is free when it lies in one working period of the host (weekly rules in the host's time zone,
--   replaced by the overrides of a date), s = period start + k * step, from <= s < to, and
--   [s - before, s + dur + after) overlaps no active booking and no imported busy interval.
\set ON_ERROR_STOP 1
set search_path = tb, public;
set client_min_messages = warning;

-- Working periods of a host as UTC ranges.  Used by all of them.
create or replace function periods(p_host bigint, p_from timestamptz, p_to timestamptz)
returns table (lo timestamptz, hi timestamptz) language sql stable parallel safe as $$
  select (d.day::date + r.start_time) at time zone h.tz, (d.day::date + r.end_time) at time zone h.tz
  from host h
  cross join generate_series((p_from at time zone h.tz)::date::timestamp, (p_to at time zone h.tz)::date::timestamp, '1 day') d(day)
  join weekly_rule r on r.host_id = p_host and r.dow = extract(isodow from d.day)::int2
  where h.id = p_host
    and not exists (select from date_override o where o.host_id = p_host and o.day = d.day::date)
  union all
  select (o.day + o.start_time) at time zone h.tz, (o.day + o.end_time) at time zone h.tz
  from host h join date_override o on o.host_id = h.id
  where h.id = p_host and o.start_time is not null
    and o.day between (p_from at time zone h.tz)::date and (p_to at time zone h.tz)::date
$$;

-- a. candidates x NOT EXISTS; overlap by && on the range column, so that the GiST index can serve it
create or replace function slots_a(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
  select s.t, s.t + p_dur
  from periods(p_host, p_from, p_to) p
  cross join lateral generate_series(p.lo, p.hi - p_dur, p_step) s(t)
  where s.t >= p_from and s.t < p_to
    and not exists (select from booking b where b.host_id = p_host and b.status in ('pending', 'confirmed')
                      and b.during && tstzrange(s.t - p_before, s.t + p_dur + p_after))
    and not exists (select from busy b where b.host_id = p_host
                      and b.during && tstzrange(s.t - p_before, s.t + p_dur + p_after))
  order by 1
$$;

-- b2. one multirange of the busy time, each candidate tested against it: a binary search each
create or replace function slots_b2(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
  with taken as materialized (
    select coalesce(range_agg(r), '{}'::tstzmultirange) as m from (
      select tstzrange(lower(during) - p_after, upper(during) + p_before) r from booking
      where host_id = p_host and status in ('pending', 'confirmed')
        and during && tstzrange(p_from - p_before, p_to + p_dur + p_after)
      union all
      select tstzrange(lower(during) - p_after, upper(during) + p_before) from busy
      where host_id = p_host and during && tstzrange(p_from - p_before, p_to + p_dur + p_after)) x)
  select s.t, s.t + p_dur
  from taken
  cross join periods(p_host, p_from, p_to) p
  cross join lateral generate_series(p.lo, p.hi - p_dur, p_step) s(t)
  where s.t >= p_from and s.t < p_to
    and not taken.m && tstzrange(s.t, s.t + p_dur)
  order by 1
$$;

-- b2c. b2 over a covering btree on (host_id, starts_at) include (ends_at) in place of the GiST index.  Right only as
-- long as no booking or busy interval is longer than a day.
create or replace function slots_b2c(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
  with taken as materialized (
    select coalesce(range_agg(r), '{}'::tstzmultirange) as m from (
      select tstzrange(starts_at - p_after, ends_at + p_before) r from booking
      where host_id = p_host and status in ('pending', 'confirmed')
        and starts_at >= p_from - p_before - interval '1 day' and starts_at < p_to + p_dur + p_after
      union all
      select tstzrange(starts_at - p_after, ends_at + p_before) from busy
      where host_id = p_host
        and starts_at >= p_from - p_before - interval '1 day' and starts_at < p_to + p_dur + p_after) x)
  select s.t, s.t + p_dur
  from taken
  cross join periods(p_host, p_from, p_to) p
  cross join lateral generate_series(p.lo, p.hi - p_dur, p_step) s(t)
  where s.t >= p_from and s.t < p_to
    and not taken.m && tstzrange(s.t, s.t + p_dur)
  order by 1
$$;

-- c. the PL/pgSQL loop of many apps: days, rules, steps, two EXISTS for each candidate
create or replace function slots_c(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language plpgsql stable as $$
declare
  v_tz text;
  d date;
  r record;
  t timestamptz;
  t_end timestamptz;
begin
  select tz into strict v_tz from host where id = p_host;
  d := (p_from at time zone v_tz)::date;
  while d <= (p_to at time zone v_tz)::date loop
    for r in
      select o.start_time, o.end_time from date_override o where o.host_id = p_host and o.day = d and o.start_time is not null
      union all
      select w.start_time, w.end_time from weekly_rule w where w.host_id = p_host and w.dow = extract(isodow from d)
        and not exists (select 1 from date_override o where o.host_id = p_host and o.day = d)
      order by 1
    loop
      t := (d + r.start_time) at time zone v_tz;
      t_end := (d + r.end_time) at time zone v_tz;
      while t + p_dur <= t_end loop
        if t >= p_from and t < p_to
          and not exists (select 1 from booking b where b.host_id = p_host and b.status in ('pending', 'confirmed')
                            and b.during && tstzrange(t - p_before, t + p_dur + p_after))
          and not exists (select 1 from busy b where b.host_id = p_host
                            and b.during && tstzrange(t - p_before, t + p_dur + p_after))
        then
          starts_at := t;
          ends_at := t + p_dur;
          return next;
        end if;
        t := t + p_step;
      end loop;
    end loop;
    d := d + 1;
  end loop;
end
$$;

-- b, default plan choice taken away: what one does after seeing that custom plans cost more than the query
create or replace function slots_b2p(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language plpgsql stable parallel safe
set plan_cache_mode = force_generic_plan as $$
begin
  return query select * from slots_b2(p_host, p_from, p_to, p_dur, p_step, p_before, p_after);
end
$$;

-- The first free slot of each of some hosts: two days at a time, stop at the first
create or replace function firsts_l(p_hosts bigint[], p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (host_id bigint, starts_at timestamptz) language sql stable parallel safe as $$
  select h.id, f.starts_at
  from unnest(p_hosts) h(id)
  cross join lateral (
    select x.starts_at
    from generate_series(p_from, p_to - interval '1 us', interval '2 days') w(lo)
    cross join lateral (select y.starts_at from slots_b2(h.id, w.lo, least(w.lo + interval '2 days', p_to), p_dur, p_step, p_before, p_after) y limit 1) x
    limit 1) f
$$;

-- Booking: a lock of the host around look and insert, the usual careful way in PL/pgSQL.  (The other peers are plain
-- INSERTs, see statements/book.)
create sequence booking_id start 100000000 cache 1000;
alter table booking alter id set default nextval('tb.booking_id');
create or replace function book_locked(h bigint, t timestamptz) returns int language plpgsql as $$
declare
  slot tstzrange := tstzrange(t, t + interval '30 min');
begin
  if exists (select from tb.booking where host_id = h and during && slot and status in ('pending', 'confirmed')) then return 0; end if;
  perform pg_advisory_xact_lock(h);
  if exists (select from tb.booking where host_id = h and during && slot and status in ('pending', 'confirmed')) then return 0; end if;
  insert into tb.booking (host_id, during) values (h, slot);
  return 1;
end $$;

-- The floor: the answer itself, computed beforehand for the first 1,000 hosts and the default parameters, read by one
-- index-only scan.  Nothing that computes slots from bookings can be expected to beat it.
drop table if exists precomputed;
create table precomputed as
  select h.id as host_id, s.starts_at, s.ends_at
  from host h cross join lateral slots_b2(h.id, '2026-03-02', '2026-03-02'::timestamptz + case when (select hosts from param) <= 1000 then interval '386 days' else interval '66 days' end) s
  where h.id <= 1000
  order by 1, 2;
create unique index on precomputed (host_id, starts_at) include (ends_at);
vacuum analyze precomputed;
create or replace function slots_pre(p_host bigint, p_from timestamptz, p_to timestamptz)
returns table (starts_at timestamptz, ends_at timestamptz) language sql stable parallel safe as $$
  select starts_at, ends_at from precomputed where host_id = p_host and starts_at >= p_from and starts_at < p_to order by 1
$$;
