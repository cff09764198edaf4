-- Whether viewers of a channel need a token, and what it must be bound to beside channel and expiry.
alter table channels
  add column tokens_required boolean not null default false,
  add column token_bindings text[] not null default '{}',
  add column longest_session_s integer not null default 43200;

-- The keys that viewers' tokens are signed with: the two newest are in force. A key is made of its salt and of a secret
-- that is on the control plane's disk and not here; the hash tells whether that is the same one still.
create table token_keys (
  number integer primary key check (number between 1 and 255),
  salt bytea not null check (length(salt) = 32),
  hash text not null check (length(hash) = 64),
  created_at timestamptz not null,
  directory_number bigint not null
);

-- Numbered as the directory's log is; each is forgotten when no token of it can be good any more.
create table token_revocations (
  number bigint primary key,
  token_id text,
  session text,
  until timestamptz not null,
  check (num_nonnulls(token_id, session) = 1)
);
create unique index token_revocations_token_id on token_revocations (token_id);
create unique index token_revocations_session on token_revocations (session);
