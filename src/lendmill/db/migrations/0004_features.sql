-- What the record said of each shop as of a day, as it was read that day: ratings and decisions point here.

-- One run over the lake; the digest is of all its facts, so that the same run twice is kept once.
create table feature_run (
    snapshot_id uuid primary key,
    as_of_on date not null,
    digest text not null,
    shops integer not null,
    made_at timestamptz not null default now(),
    unique (as_of_on, digest)
);

create table feature_snapshot (
    snapshot_id uuid not null references feature_run,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    as_of_on date not null,
    facts jsonb not null,
    digest text not null,
    primary key (snapshot_id, borrower_id, shop_id)
);
create index feature_snapshot_by_borrower on feature_snapshot (borrower_id, as_of_on, snapshot_id);
