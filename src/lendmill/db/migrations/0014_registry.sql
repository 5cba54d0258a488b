-- Cards kept, promoted by two people, and watched.

-- Four stages instead of three, and beside a card where it comes from: what it learned from, by which code, in words.
alter table model drop constraint model_stage_check;
update model set stage = 'draft' where stage = 'trained';
alter table model alter column stage set default 'draft';
alter table model add constraint model_stage_check check (stage in ('draft', 'shadow', 'live', 'retired'));
alter table model add column kind text not null default 'classic';
alter table model add column data_hash text not null default '';
alter table model add column code_version text not null default '';
alter table model add column page text not null default '';

-- A card's way to the live stage, or away from it, as one member of staff proposed it; `live_model_id` is the card that
-- was live then: once another is, the proposal is stale.
create table model_proposal (
    proposal_id uuid primary key,
    model_id text not null references model,
    to_stage text not null check (to_stage in ('live', 'retired')),
    live_model_id text references model,
    reason text not null check (reason <> ''),
    command_key text not null unique,
    proposed_by uuid not null references account,
    proposed_role text not null,
    proposed_on date not null,
    expires_on date not null check (expires_on >= proposed_on),
    made_at timestamptz not null default now(),
    -- what a decision is held to
    unique (proposal_id, model_id, to_stage, proposed_by)
);
create index model_proposal_by_model on model_proposal (model_id, proposal_id);

-- What became of it, once. Nobody approves what they proposed themselves.
create table model_proposal_decision (
    proposal_id uuid primary key,
    model_id text not null,
    to_stage text not null,
    proposed_by uuid not null,
    outcome text not null check (outcome in ('approved', 'declined', 'withdrawn')),
    decided_by uuid not null references account,
    decided_role text not null,
    decided_on date not null,
    reason text not null default '',
    command_key text not null unique,
    made_at timestamptz not null default now(),
    -- what a change of stage is held to
    unique (proposal_id, model_id, to_stage, outcome),
    foreign key (proposal_id, model_id, to_stage, proposed_by)
        references model_proposal (proposal_id, model_id, to_stage, proposed_by),
    check ((outcome = 'withdrawn') = (decided_by = proposed_by))
);

-- Every change of a card's stage, by whom and why; `model.stage` is the last of them. Only the first card a house ever
-- has goes live without a second person.
create table model_stage (
    model_id text not null references model,
    n integer not null check (n > 0),
    stage text not null check (stage in ('draft', 'shadow', 'live', 'retired')),
    reason text not null check (reason <> ''),
    changed_on date,
    changed_by uuid references account,
    first_of_house boolean not null default false,
    proposal_id uuid,
    outcome text check (outcome = 'approved'),
    made_at timestamptz not null default now(),
    primary key (model_id, n),
    foreign key (proposal_id, model_id, stage, outcome)
        references model_proposal_decision (proposal_id, model_id, to_stage, outcome),
    check ((proposal_id is null) = (outcome is null)),
    check (stage <> 'live' or first_of_house or proposal_id is not null)
);
create unique index model_stage_first_once on model_stage (first_of_house) where first_of_house;

insert into model_stage (model_id, n, stage, reason, changed_on, first_of_house)
select model_id, 1, stage, 'carried over', (made_at at time zone 'UTC')::date, stage = 'live'
  from model;

-- What a card in the shadow stage would have said. Nothing reads these to decide: they are only compared.
create table shadow_rating (
    rating_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    as_of_on date not null,
    model_id text not null references model,
    points integer,
    pd double precision check (pd between 0 and 1),
    grade text not null,
    made_at timestamptz not null default now(),
    primary key (rating_id, borrower_id),
    check ((points is null) = (pd is null))
);
create index shadow_rating_by_borrower on shadow_rating (borrower_id, as_of_on, rating_id);
create index shadow_rating_by_model on shadow_rating (model_id, as_of_on);
create index rating_by_model on rating (model_id, as_of_on);

-- What became of whoever was approved and drew: default within 12 months of the decision, or not. Known once, for good.
create table outcome (
    decision_id uuid not null,
    borrower_id uuid not null references borrower,
    rating_id uuid,
    model_id text not null references model,
    decided_on date not null,
    points integer not null,
    pd double precision not null check (pd between 0 and 1),
    defaulted boolean not null,
    cause text not null default '' check (cause in ('', 'late', 'written-off', 'fraud')),
    known_on date not null check (known_on >= decided_on),
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    check (defaulted = (cause <> ''))
);
create index outcome_by_model on outcome (model_id, decided_on);
create index decision_approved_on on decision (decided_on) where outcome = 'approve';

-- The figures a card was watched by, one row a figure and day: of the whole, of a feature, of a month, of a segment.
create table model_watch (
    model_id text not null references model,
    watched_on date not null,
    figure text not null,
    about text not null default '',
    value double precision,
    low double precision,
    high double precision,
    expected double precision,
    chance double precision,
    counted integer not null check (counted >= 0),
    bads integer check (bads between 0 and counted),
    alarm text not null default '' check (alarm in ('', 'watch', 'alarm')),
    made_at timestamptz not null default now(),
    primary key (model_id, watched_on, figure, about)
);
grant update on model_watch to lendmill_app;

-- From where on a figure calls for a look, or for action, where the house wants it otherwise than shipped; the newest
-- row of a figure counts.
create table watch_level (
    level_id uuid primary key,
    figure text not null,
    watch_from double precision not null,
    alarm_from double precision not null,
    reason text not null check (reason <> ''),
    set_by uuid not null references account,
    set_on date not null,
    made_at timestamptz not null default now()
);
