-- All slot functions must give the same slots before their times may be compared: 60 cases of odd windows, over DST
-- changes, with several durations, steps and buffers; and 40 with those that are measured.
\set ON_ERROR_STOP 1
begin;
do $$
declare
  fns text[] := array['b2', 'b2c', 'b2p', 'a', 'c', 'timetap'];
  fn text; i int; want text; got text; n bigint; total bigint := 0;
  h bigint; f timestamptz; t timestamptz; dur interval; step interval; bef interval; aft interval;
  hosts bigint := (select hosts from tb.param);
begin
  for i in 1..100 loop
    h := tb.h31(i, 1, 99) % hosts + 1;
    -- windows off the hour, over the DST changes of March, April, October, November; up to 40 days
    f := timestamptz '2026-02-20' + (tb.h31(i, 2, 99) % 300) * interval '1 day' + (tb.h31(i, 3, 99) % 1440) * interval '1 min';
    t := f + (tb.h31(i, 4, 99) % 40) * interval '1 day' + (tb.h31(i, 5, 99) % 1440) * interval '1 min';
    dur := '30 min'; step := '30 min'; bef := '10 min'; aft := '10 min';
    if i <= 60 then
      dur := (array['15 min', '30 min', '45 min', '90 min'])[1 + tb.h31(i, 6, 99) % 4]::interval;
      step := (array['15 min', '30 min', '20 min', '60 min'])[1 + tb.h31(i, 7, 99) % 4]::interval;
      bef := (array['0', '10 min', '5 min', '60 min'])[1 + tb.h31(i, 8, 99) % 4]::interval;
      aft := (array['0', '10 min', '15 min', '7 min'])[1 + tb.h31(i, 9, 99) % 4]::interval;
    end if;
    want := null;
    foreach fn in array fns loop
      execute format('select count(*), coalesce(md5(string_agg(s.starts_at || ''/'' || s.ends_at, '','' order by s.starts_at)), ''-'')
        from tb.slots_%s($1, $2, $3, $4, $5, $6, $7) as s(starts_at, ends_at)', fn)
        into n, got using h, f, t, dur, step, bef, aft;
      if want is null then want := got; total := total + n;
      elsif want <> got then
        raise exception '% differs from %: host % window % .. % dur % step % buffers % / %', fn, fns[1], h, f, t, dur, step, bef, aft;
      end if;
    end loop;
  end loop;
  perform set_config('bench.agreed', format('%s ways agree on 100 cases, %s slots', cardinality(fns), total), true);
end $$;
select current_setting('bench.agreed');
-- the event types that the check made are no part of what is measured
rollback;
