-- Whether a shop is a wholesale member (诚信通) from a day on, and who says so; before the first row counts what it came
-- with. The newest row of a day counts. Told by nobody: an import.
create table shop_membership (
    membership_id uuid not null,
    borrower_id uuid not null,
    shop_id uuid not null,
    wholesale boolean not null,
    from_on date not null,
    told_by uuid references account,
    told_on date not null,
    made_at timestamptz not null default now(),
    primary key (membership_id, borrower_id),
    foreign key (shop_id, borrower_id) references shop
);
create index shop_membership_by_shop on shop_membership (shop_id, from_on, membership_id);
create index shop_membership_by_borrower on shop_membership (borrower_id);
