-- How likely to pay back: the cards, and what they said of each shop.

-- A card is kept for ever, for a decision may have to be replayed with it; only its stage changes.
create table model (
    model_id text primary key,
    target text not null,
    body jsonb not null,
    digest text not null,
    report jsonb not null,
    stage text not null default 'trained' check (stage in ('trained', 'live', 'retired')),
    made_at timestamptz not null default now()
);
create unique index model_live_once on model (stage) where stage = 'live';
grant update (stage) on model to lendmill_app;

-- One rating of one shop as of one day. Contributions sum to the points; doubts name what the card had not learned to read.
create table rating (
    rating_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    as_of_on date not null,
    model_id text not null references model,
    points integer not null,
    pd double precision not null check (pd between 0 and 1),
    grade text not null,
    contributions jsonb not null,
    doubts text[] not null default '{}',
    snapshot_id uuid,
    made_at timestamptz not null default now(),
    primary key (rating_id, borrower_id)
);
create index rating_by_borrower on rating (borrower_id, as_of_on, rating_id);
