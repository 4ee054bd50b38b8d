-- The three definitions and four variants of rules_bench as SQL, without what SQL makes hard: pauses, closed seasons, provisional
-- enrolments, evidence, near misses and reasons. Run by peers.sh over the same facts; the time counted is that of the questions.
create table fact(child integer, start integer, date integer, type text, reason text, club integer, kind integer);
.mode csv
.import FACTS fact
create index by_child on fact(child, type, date);
.timer on
create table enrolled as select child, min(date) as anchor, club, start from fact where type = 'enrol' group by child;
create unique index enrolled_child on enrolled(child);
-- D1 and D1L
select count(*), sum(trials >= 2), sum(trials >= 1) from (
  select e.child, (select count(distinct f.date) from fact f where f.child = e.child and f.type in ('trial', 'attend') and f.club = e.club and f.date <= e.anchor) as trials
  from enrolled e);
-- D2, D2S: proof between six and eight months
select count(*), sum(any_club), sum(same_club) from (
  select e.child, max(f.child is not null) as any_club, max(f.club = e.club) as same_club
  from enrolled e left join fact f on f.child = e.child and f.type in ('attend', 'check_yes')
    and f.date between cast(julianday(date(e.anchor * 86400, 'unixepoch', '+6 months')) - 2440587.5 as integer)
    and cast(julianday(date(e.anchor * 86400, 'unixepoch', '+8 months')) - 2440587.5 as integer) group by e.child);
-- D2G: the same without 60 days between two attendances
select count(*), sum(longest <= 60) from (
  select child, max(date - previous) as longest from (
    select f.child, f.date, lag(f.date, 1, e.anchor) over (partition by f.child order by f.date) as previous
    from fact f join enrolled e on e.child = f.child where f.type in ('attend', 'check_yes') and f.date >= e.anchor) group by child);
-- D3 and D3S: enrolled again about a year later
select count(*), sum(again), sum(again_same) from (
  select e.child, max(f.child is not null) as again, max(f.club = e.club) as again_same
  from enrolled e left join fact f on f.child = e.child and f.type = 'enrol' and f.date > e.anchor + 200 group by e.child);
-- stopped, and why
select reason, count(*) from fact where type = 'stop' group by reason;
