-- Who may come in, and who is in.

-- One account per person; a seller's account belongs to one borrower, staff belong to none.
create table account (
    account_id uuid primary key,
    sign_in_name text not null unique,
    display_name text not null,
    role text not null check (
        role in ('seller', 'analyst', 'risk-officer', 'collector', 'finance', 'auditor', 'admin', 'partner')
    ),
    borrower_id uuid references borrower,
    password_hash text not null,
    active boolean not null default true,
    made_at timestamptz not null default now(),
    check ((role = 'seller') = (borrower_id is not null))
);
grant update on account to lendmill_app;

-- A browser that signed in. Only the hash of its token is kept, so that reading this table opens no door.
create table session (
    token_hash bytea primary key,
    account_id uuid not null references account,
    made_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_by_end on session (expires_at);
grant delete on session to lendmill_app;

-- A program that may call: a marketplace's server, a report.
create table access_token (
    token_hash bytea primary key,
    account_id uuid not null references account,
    name text not null,
    made_at timestamptz not null default now(),
    expires_at timestamptz not null
);
grant delete on access_token to lendmill_app;

-- How often a name or an address tried lately; the count starts again when its time is over.
create table sign_in_attempt (
    who text primary key,
    tries integer not null,
    counted_from_at timestamptz not null default now()
) with (fillfactor = 70);
grant update, delete on sign_in_attempt to lendmill_app;
