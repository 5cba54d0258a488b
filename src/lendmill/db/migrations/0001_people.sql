-- The house, its people, and what may happen only once.

-- One house, one currency, one day: the doors read `today_on`, the day end moves it.
create table house (
    only_one boolean primary key default true check (only_one),
    today_on date not null,
    currency text not null default 'CNY'
);
grant update on house to lendmill_app;

-- The legal debtor: a firm, or the person who runs the shop. Identity and phone are sealed; the index finds them again.
create table borrower (
    borrower_id uuid primary key,
    kind text not null check (kind in ('firm', 'person')),
    display_name text not null,
    industry text not null default 'unknown',
    region text not null default 'unknown',
    born_on date,
    member_since_on date,
    identity_verified boolean not null default false,
    identity_sealed bytea,
    identity_index bytea,
    phone_sealed bytea,
    phone_index bytea,
    banned boolean not null default false,
    made_at timestamptz not null default now()
);
grant update on borrower to lendmill_app;

-- A shop is a dated relation to its borrower; `shop_key` is the name the marketplace knows it by.
create table shop (
    shop_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_key text not null,
    since_on date,
    primary key (shop_id, borrower_id)
);
create index shop_by_key on shop (shop_key);
create index shop_by_borrower on shop (borrower_id);

-- What may be used once in the whole house: an identity, a shop, a rail's reference.
create table claim (
    claim_key text primary key,
    borrower_id uuid not null references borrower,
    made_at timestamptz not null default now()
);

-- The same key with the same request happens once; with another request it is refused.
create table command (
    borrower_id uuid not null references borrower,
    command_key text not null,
    action text not null,
    digest bytea not null,
    result_id uuid,
    made_at timestamptz not null default now(),
    primary key (borrower_id, command_key)
);
