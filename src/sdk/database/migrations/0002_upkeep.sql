-- The database's own identity: a mark kept outside it belongs to this one and to no other. `marked_epoch` is the largest
-- that it has ever marked there: a larger mark is that of a timeline which this database does not know (G13).
alter table installation
  add column database_id text not null default gen_random_uuid()::text,
  add column marked_epoch bigint not null default 0,
  add column pool_mode text not null default 'filling' check (pool_mode in ('filling', 'paused', 'draining')),
  add column pool_mode_at timestamptz not null default valet_now(),
  add column pool_mode_by text;

-- An archive was cancelled while the machine did not come up: it must be told to serve again once it does.
alter table projects add column resume_pending boolean not null default false;
create index projects_to_resume on projects (id) where resume_pending;

-- A machine is rebuilt on the volume of another row. Until that has succeeded the volume stays the other row's, so a
-- failed attempt gives nothing of it up; then it is this row's, name and id.
alter table machines
  alter column volume_name drop not null,
  add column takes_volume_of text references machines (id),
  add column volume_moved_to text references machines (id),
  add column retire_cause text check (
    retire_cause in ('failed', 'abandoned', 'outdated', 'surplus', 'drained', 'archived', 'deleted', 'gone', 'moved', 'orphan')
  ),
  -- Fly has denied it without a break since then, so often (G10).
  add column missing_since timestamptz,
  add column missing_looks integer not null default 0,
  add column volume_missing_since timestamptz,
  add column volume_missing_looks integer not null default 0,
  -- Asked before it is destroyed, and found to serve nobody else (G13).
  add column cleared_at timestamptz,
  add constraint a_volume_that_moved_is_no_longer_here check (
    volume_moved_to is null or (volume_id is null and volume_name is null)
  );
create index machines_of_a_project on machines (project_id) where project_id is not null;
create index machines_by_volume on machines (volume_id) where volume_id is not null;

alter table archives
  -- The one-way mark: from now on it may be missing in R2, so it never becomes a current archive again.
  add column deleting_at timestamptz,
  add column verified_at timestamptz;
create index archives_left_over on archives (created_at) where proven_at is null and deleted_at is null;

-- What carries our stamp and is not accounted for, or says of itself what its row does not. Seen once it is a suspicion;
-- confirmed it stops destructive work until an operator gives a verdict (G13).
create table quarantine (
  fly_id text primary key,
  kind text not null check (kind in ('machine', 'volume')),
  name text not null,
  region text,
  fly_state text,
  machine_id text,
  project_id text,
  reason text not null check (reason in ('no_row', 'other_project', 'larger_epoch', 'other_secret')),
  detail text,
  first_seen_at timestamptz not null default valet_now(),
  last_seen_at timestamptz not null default valet_now(),
  confirmed_at timestamptz,
  verdict text check (verdict in ('remove', 'keep')),
  verdict_at timestamptz,
  verdict_by text,
  constraint a_verdict_is_somebodys check ((verdict is null) = (verdict_by is null))
);
create index quarantine_open on quarantine (confirmed_at) where confirmed_at is not null and verdict is null;

-- Region and image that keep failing are left alone for a while, by all instances.
create table pool_breakers (
  region text not null,
  image text not null,
  failures integer not null default 0,
  opened_at timestamptz,
  retry_at timestamptz,
  last_error text,
  primary key (region, image)
);

-- Which configuration's members the pool is to hold: that of the `valet serve` that was started last. In a rolling
-- deploy the older instance leaves the newer one's members alone.
create table pool_kinds (
  config_hash text primary key,
  image text not null,
  announced_at timestamptz not null default valet_now()
);

create index events_by_kind on events (what, at);
create index events_of_a_machine on events (machine_id, id desc) where machine_id is not null;
