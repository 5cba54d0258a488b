-- Whether, how much, at what price.

-- Products and policies are documents; a published version is never changed. They are kept in the very spelling whose
-- fingerprint decisions name, so as text.
create table product_version (
    product_key text not null,
    version integer not null,
    body text not null,
    digest text not null check (digest = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    published_on date not null,
    published_at timestamptz not null default now(),
    primary key (product_key, version)
);

create table policy_version (
    policy_key text not null,
    version integer not null,
    body text not null,
    digest text not null check (digest = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    published_on date not null,
    published_at timestamptz not null default now(),
    primary key (policy_key, version)
);

-- A ready offer: what this shop may have, worked out the night before.
create table offer (
    offer_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    product_key text not null,
    product_version integer not null,
    policy_key text not null,
    policy_version integer not null,
    rating_id uuid not null,
    limit_cents bigint not null check (limit_cents > 0),
    rate_num bigint not null,
    rate_den bigint not null,
    months_max integer not null,
    methods text[] not null,
    reasons jsonb not null,
    as_of_on date not null,
    expires_on date not null,
    primary key (offer_id, borrower_id)
);
create unique index offer_once_a_day on offer (borrower_id, product_key, as_of_on);

-- The same night's answer where nothing could be offered, and why.
create table no_offer (
    borrower_id uuid not null references borrower,
    product_key text not null,
    as_of_on date not null,
    product_version integer not null,
    policy_key text not null,
    policy_version integer not null,
    rating_id uuid not null,
    outcome text not null check (outcome in ('refer', 'decline')),
    reasons jsonb not null,
    primary key (borrower_id, product_key, as_of_on)
);

create table application (
    application_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    product_key text not null,
    step integer not null default 1 check (step between 1 and 3),  -- the next one to fill in
    status text not null default 'open' check (status in ('open', 'decided', 'withdrawn')),
    answers jsonb not null default '{}',
    started_on date not null,
    started_at timestamptz not null default now(),
    decided_at timestamptz,
    primary key (application_id, borrower_id)
);
create index application_by_borrower on application (borrower_id, application_id);
create unique index application_open_once on application (borrower_id, product_key) where status = 'open';
grant update on application to lendmill_app;

-- The text that was agreed to, word for word.
create table consent (
    consent_id uuid not null,
    borrower_id uuid not null references borrower,
    application_id uuid not null,
    purpose text not null,
    language text not null,
    wording text not null,
    given_at timestamptz not null default now(),
    primary key (consent_id, borrower_id)
);

-- A decision with everything it was made from, under the hash of its content: the text itself, so that not even its
-- spelling can drift. Never changed, never deleted.
create table decision (
    decision_id uuid not null,
    borrower_id uuid not null references borrower,
    application_id uuid,
    product_key text not null,
    outcome text not null check (outcome in ('approve', 'refer', 'decline')),
    grade text,
    limit_cents bigint,
    reasons jsonb not null,
    content text not null,
    content_hash text not null check (content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    decided_on date not null,
    decided_at timestamptz not null default now(),
    primary key (decision_id, borrower_id)
);
create index decision_by_borrower on decision (borrower_id, decision_id);

-- A borrower's wish that a person looks at a decision again.
create table review_wish (
    decision_id uuid not null,
    borrower_id uuid not null,
    words text not null,
    wished_on date not null,
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    foreign key (decision_id, borrower_id) references decision
);

-- One contract; each draw on it is a loan. No draw may pass what is left of it.
create table line (
    line_id uuid not null,
    borrower_id uuid not null references borrower,
    product_key text not null,
    product_version integer not null,
    decision_id uuid not null,
    limit_cents bigint not null check (limit_cents >= 0),
    reserved_cents bigint not null default 0 check (reserved_cents >= 0),
    used_cents bigint not null default 0 check (used_cents >= 0),
    rate_den bigint not null,
    rate_num bigint not null,
    penalty_num bigint not null,
    grace_days integer not null,
    months_max integer not null,
    methods text[] not null,
    joint_products text[] not null,
    joint_max_cents bigint,
    opened_on date not null,
    expires_on date not null,
    status text not null default 'open' check (status in ('open', 'frozen', 'closed')),
    primary key (line_id, borrower_id),
    check (reserved_cents + used_cents <= limit_cents or status <> 'open')
);
create unique index line_open_once on line (borrower_id, product_key) where status <> 'closed';
grant update on line to lendmill_app;

-- What a decision may know of a borrower's debts; the loans keep it up to date.
create table standing (
    borrower_id uuid primary key references borrower,
    outstanding_cents bigint not null default 0,
    reserved_cents bigint not null default 0,
    days_past_due_worst integer not null default 0,
    late_since_on date,
    loans_drawn integer not null default 0,
    loans_repaid integer not null default 0
);
grant update on standing to lendmill_app;
