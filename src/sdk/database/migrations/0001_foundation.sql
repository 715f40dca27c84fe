-- One clock decides. Tests replace this function in their own database to move time.
create function valet_now() returns timestamptz language sql stable as 'select now()';

-- Every transition and every takeover takes the next number, so a larger epoch is always a later decision.
create sequence epochs as bigint;

-- What this database belongs to; bound at first start. Also the row that serialises counting the pool.
create table installation (
  only_row boolean primary key default true check (only_row),
  environment text not null,
  fly_app text not null,
  bound_at timestamptz not null default valet_now()
);

create table projects (
  id text primary key check (id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  state text not null check (state in ('creating', 'active', 'archiving', 'dormant', 'waking', 'lost', 'deleted')),
  epoch bigint not null default nextval('epochs'),
  region text not null,
  machine_id text,
  deploy_key_sealed text not null,
  current_archive_id text,
  last_active_at timestamptz not null default valet_now(),
  hold_until timestamptz,
  dormancy_threshold interval,
  transition_from text,
  transition_owner text,
  transition_began_at timestamptz,
  transition_deadline timestamptz,
  wake_requested_at timestamptz,
  wake_failures integer not null default 0,
  wake_retry_at timestamptz,
  archive_failures integer not null default 0,
  archive_retry_at timestamptz,
  created_at timestamptz not null default valet_now(),
  deleted_at timestamptz,
  constraint passing_states_have_an_owner_and_a_deadline check (
    (state in ('creating', 'archiving', 'waking'))
    = (transition_owner is not null and transition_began_at is not null and transition_deadline is not null)
  ),
  constraint a_project_in_use_has_a_machine check (state not in ('active', 'archiving') or machine_id is not null),
  constraint a_dormant_project_has_an_archive_and_no_machine check (
    state <> 'dormant' or (machine_id is null and current_archive_id is not null)
  )
);

create index projects_by_idleness on projects (last_active_at) where state = 'active';
create index projects_by_deadline on projects (transition_deadline) where transition_deadline is not null;

create table machines (
  id text primary key,
  environment text not null,
  fly_app text not null,
  name text not null unique,
  volume_name text not null unique,
  fly_id text unique,
  volume_id text,
  region text not null,
  image text not null,
  config_hash text not null,
  state text not null check (state in ('provisioning', 'ready', 'assigned', 'retiring', 'retired')),
  project_id text,
  fly_state text,
  fly_state_at timestamptz,
  provisioning_deadline timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  last_error text,
  keep_volume_until timestamptz,
  machine_gone_at timestamptz,
  volume_deleting_at timestamptz,
  volume_gone_at timestamptz,
  created_at timestamptz not null default valet_now(),
  ready_at timestamptz,
  claimed_at timestamptz,
  retiring_at timestamptz,
  retired_at timestamptz,
  constraint a_ready_machine_is_whole_and_nobodys check (
    state <> 'ready' or (fly_id is not null and volume_id is not null and project_id is null)
  ),
  constraint an_assigned_machine_is_whole_and_somebodys check (
    state <> 'assigned' or (fly_id is not null and project_id is not null)
  ),
  constraint a_provisioning_machine_has_a_deadline check (state <> 'provisioning' or provisioning_deadline is not null),
  constraint a_claimed_machine_never_returns_to_the_pool check (state <> 'ready' or claimed_at is null),
  constraint a_retiring_machine_has_a_next_step check (state <> 'retiring' or next_attempt_at is not null)
);

create unique index one_assigned_machine_per_project on machines (project_id) where state = 'assigned';
create index machines_in_the_pool on machines (region, ready_at) where state = 'ready';
create index machines_being_provisioned on machines (provisioning_deadline) where state = 'provisioning';
create index machines_to_retire on machines (next_attempt_at) where state = 'retiring';

create table archives (
  id text primary key,
  project_id text not null,
  epoch bigint not null,
  r2_key text not null unique,
  r2_checksum text,
  size_bytes bigint,
  manifest jsonb,
  created_at timestamptz not null default valet_now(),
  proven_at timestamptz,
  deleted_at timestamptz,
  constraint a_proven_archive_is_described check (
    proven_at is null or (r2_checksum is not null and size_bytes is not null)
  )
);

create index archives_of_a_project on archives (project_id, created_at desc);

alter table projects add constraint the_current_archive_exists foreign key (current_archive_id) references archives (id);

create table events (
  id bigint generated always as identity primary key,
  at timestamptz not null default valet_now(),
  what text not null,
  project_id text,
  machine_id text,
  epoch bigint,
  actor text not null,
  why text
);

create index events_of_a_project on events (project_id, id desc) where project_id is not null;

create table idempotency_keys (
  key_hash text primary key,
  request_hash text not null,
  project_id text not null,
  created_at timestamptz not null default valet_now()
);

create index idempotency_keys_by_age on idempotency_keys (created_at);

-- News for the instances: route caches drop the project, waiting callers look again. Renewed deadlines and activity
-- are no news.
create function announce_project() returns trigger language plpgsql as $$
begin
  perform pg_notify('valet_projects', case when tg_op = 'DELETE' then old.id else new.id end);
  return null;
end
$$;

create trigger project_announced
after insert or delete or update of state, epoch, machine_id, wake_requested_at on projects
for each row execute function announce_project();

-- A nudge for the pool and for retiring; the payload is the machine's new state.
create function announce_machine() returns trigger language plpgsql as $$
begin
  perform pg_notify('valet_machines', new.state);
  return null;
end
$$;

create trigger machine_announced
after update of state on machines
for each row when (old.state is distinct from new.state) execute function announce_machine();

-- The shape that rate-limiter-flexible works with: counts of public creates per client and window.
create table create_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
