-- The same data in timetap's tables: every host of data.sql as 'hN', with the event type 'hN/30min'.
\set ON_ERROR_STOP 1
set client_min_messages = warning;
set search_path = tb, public;
create extension timetap cascade;
-- what is loaded is right by construction: no foreign keys are checked
set session_replication_role = replica;

create function host_uuid(n bigint) returns uuid language sql immutable parallel safe
  as $$ select md5('host ' || n)::uuid $$;

insert into timetap.hosts (id, handle, name, time_zone)
select host_uuid(id), 'h' || id, name, tz from host;

insert into timetap.availability_rules (host_id, day_of_week, starts, ends)
select host_uuid(host_id), dow % 7, start_time, end_time from weekly_rule;

insert into timetap.date_overrides (host_id, schedule, on_date, starts, ends, kind)
select host_uuid(host_id), case when start_time is null then '*' else 'default' end, day, start_time, end_time,
  case when start_time is null then 'blocked' else 'hours' end
from date_override;

insert into timetap.event_types (host_id, slug, title, duration, slot_interval, buffer_before, buffer_after, horizon)
select host_uuid(id), '30min', '30 minutes', '30 min', '30 min', '10 min', '10 min', null from host;

insert into timetap.busy_times (host_id, starts_at, ends_at, source)
select host_uuid(host_id), starts_at, ends_at, 'google' from busy order by id;

-- The wall of the bookings.  They have no buffers of their own, as with the peers.
insert into timetap.allocations (host_id, meeting_id, event_type_id, starts_at, ends_at, blocked)
select e.host_id, md5('meeting ' || b.id)::uuid, e.id, b.starts_at, b.ends_at, b.during
from booking b join timetap.event_types e on e.host_id = host_uuid(b.host_id)
where b.status in ('pending', 'confirmed') order by b.id;

reset session_replication_role;
vacuum analyze;

-- timetap in the form of the peers, for check.sql: the parameters of a slot belong to an event type, which is made
-- when a combination is asked for that is not the measured one.
create function slots_timetap(p_host bigint, p_from timestamptz, p_to timestamptz,
  p_dur interval default '30 min', p_step interval default '30 min', p_before interval default '10 min', p_after interval default '10 min')
returns table (starts_at timestamptz, ends_at timestamptz) language plpgsql as $$
declare
  v_slug text := '30min';
begin
  if (p_dur, p_step, p_before, p_after) is distinct from (interval '30 min', interval '30 min', interval '10 min', interval '10 min') then
    v_slug := left(md5(format('%s %s %s %s', p_dur, p_step, p_before, p_after)), 16);
    insert into timetap.event_types (host_id, slug, title, duration, slot_interval, buffer_before, buffer_after, horizon)
    values (tb.host_uuid(p_host), v_slug, 'check', p_dur, p_step, p_before, p_after, null)
    on conflict do nothing;
  end if;
  return query select s.starts_at, s.ends_at from timetap.slots(format('h%s/%s', p_host, v_slug), p_from, p_to) s;
end
$$;

-- Hosts for bookbench, numbers first .. first + n - 1: open around the clock, half hours that may start on quarters.
create function add_booking_hosts(first bigint, n bigint) returns void language sql as $$
  insert into timetap.hosts (id, handle, name)
  select tb.host_uuid(i), 'h' || i, 'host ' || i from generate_series(first, first + n - 1) i;
  insert into timetap.availability_rules (host_id, day_of_week, starts, ends)
  select tb.host_uuid(i), d, '00:00', '24:00' from generate_series(first, first + n - 1) i, generate_series(0, 6) d;
  insert into timetap.event_types (host_id, slug, title, duration, slot_interval, horizon)
  select tb.host_uuid(i), 'half-hour', 'half an hour', '30 min', '15 min', null from generate_series(first, first + n - 1) i;
$$;
