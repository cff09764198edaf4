-- One row: the directory's log. Every change that nodes hear of takes the next number in its own transaction; the
-- row's lock puts those transactions in the order of their numbers.
create table directory (
  one boolean primary key default true check (one),
  log uuid not null default gen_random_uuid(),
  number bigint not null default 0,
  -- Removals up to this number have been forgotten: who knows less gets a snapshot.
  removals_from bigint not null default 0
);
insert into directory default values;

create table directory_removals (
  number bigint primary key,
  channel uuid,
  node text,
  check (num_nonnulls(channel, node) = 1)
);

create sequence placement_number;

create table channels (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null check (length(title) <= 200),
  placement bigint not null default nextval('placement_number'),
  part_ms integer not null,
  segment_ms integer not null,
  window_ms integer not null,
  grace_ms integer not null,
  created_at timestamptz not null,
  directory_number bigint not null
);
create index channels_directory_number on channels (directory_number);

-- Keys are random with 160 bits: a plain SHA-256 cannot be searched for.
create table stream_keys (
  hash text primary key check (length(hash) = 64),
  channel uuid not null references channels on delete cascade,
  hint text not null,
  created_at timestamptz not null
);
create index stream_keys_channel on stream_keys (channel);

create table nodes (
  id text primary key,
  credential_hash text not null check (length(credential_hash) = 64),
  allowed_roles text[] not null,
  roles text[] not null,
  fabric_host text not null,
  fabric_port integer not null,
  endpoints jsonb not null,
  version text not null,
  joined_at timestamptz not null,
  last_seen_at timestamptz not null,
  directory_number bigint not null
);
create index nodes_directory_number on nodes (directory_number);

create table node_tokens (
  hash text primary key check (length(hash) = 64),
  roles text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create table sessions (
  hash text primary key check (length(hash) = 64),
  -- The administrator's token that opened the session: another one closes it.
  token_hash text not null check (length(token_hash) = 64),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
