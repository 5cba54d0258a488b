-- How the bringing up of one day is divided: borrowers in their order, so many at a time. `ids_from_ms` is the time that
-- the identifiers of what a batch books carry, so that the books keep the order of the borrowers however many work.
create table day_end_batch (
    closes_on date not null,
    n integer not null,
    first_borrower_id uuid not null,
    ids_from_ms bigint not null,
    counts jsonb not null default '{}',
    primary key (closes_on, n)
);
grant update on day_end_batch to lendmill_app;

alter table day_end_step add column took_ms bigint not null default 0;
