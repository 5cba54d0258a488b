-- What prices were worked out from: the assumptions as they were said, by whom and when, and the rates proposed.

create table price_proposal (
    proposal_id uuid primary key,
    product_key text not null,
    product_version integer not null,
    assumptions_key text not null,
    said_by text not null,
    assumptions text not null,
    rates text not null,
    digest text not null,
    worked_by uuid references account,
    worked_on date not null,
    made_at timestamptz not null default now()
);
-- The same worked out again by the same person on the same day is the same once.
create unique index price_proposal_once on price_proposal (worked_on, digest, worked_by) nulls not distinct;
