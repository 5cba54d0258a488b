-- How much, on what conditions, and what changes later: groups, counter-offers, conditions to be met, raises and cuts.

-- Offered less than asked, the borrower accepts or lets it lapse. A line may wait for what was asked beside it.
alter table decision drop constraint decision_outcome_check;
alter table decision add constraint decision_outcome_check
    check (outcome in ('approve', 'counter', 'refer', 'decline'));
alter table line drop constraint line_status_check;
alter table line add constraint line_status_check check (status in ('pending', 'open', 'frozen', 'closed'));

-- Borrowers who belong together: a household, firms of one legal representative, a guarantor with whom he answers for.
-- Its row is the first lock of whatever changes what a group may have: group, borrower, line, loan.
create table borrower_group (
    group_id uuid primary key,
    kind text not null check (kind in ('household', 'representative', 'guarantee')),
    named text not null check (named <> ''),
    made_on date not null,
    made_at timestamptz not null default now()
);
grant update on borrower_group to lendmill_app;

-- Who belongs from which day on, or no longer does, and who says so. The newest row of a day counts.
create table group_membership (
    membership_id uuid not null,
    borrower_id uuid not null references borrower,
    group_id uuid not null references borrower_group,
    belongs boolean not null,
    from_on date not null,
    source text not null check (source <> ''),
    told_by uuid references account,
    told_on date not null check (from_on <= told_on),
    made_at timestamptz not null default now(),
    primary key (membership_id, borrower_id)
);
create index group_membership_by_borrower on group_membership (borrower_id, group_id, from_on, membership_id);
create index group_membership_by_group on group_membership (group_id, borrower_id, from_on, membership_id);

-- What a decision asked for beside its promise, and until when.
create table line_condition (
    condition_id uuid not null,
    borrower_id uuid not null references borrower,
    line_id uuid not null,
    decision_id uuid not null,
    condition text not null,
    ways text[] not null check (ways <@ array['guarantor', 'collateral'] and cardinality(ways) > 0),
    cover_cents bigint not null check (cover_cents > 0),
    asked_on date not null,
    until_on date not null check (until_on > asked_on),
    made_at timestamptz not null default now(),
    primary key (condition_id, borrower_id),
    unique (line_id, borrower_id, condition),
    foreign key (line_id, borrower_id) references line
);
create index line_condition_by_borrower on line_condition (borrower_id, line_id);

-- What somebody brings forward to meet it: who answers for the debt, or what is pledged.
create table condition_told (
    told_id uuid not null,
    borrower_id uuid not null,
    condition_id uuid not null,
    way text not null check (way in ('guarantor', 'collateral')),
    guarantor_id uuid references borrower check (guarantor_id <> borrower_id),
    described text not null check (described <> ''),
    cover_cents bigint not null check (cover_cents > 0),
    told_by uuid not null references account,
    told_on date not null,
    made_at timestamptz not null default now(),
    primary key (told_id, borrower_id),
    foreign key (condition_id, borrower_id) references line_condition,
    check (guarantor_id is null or way = 'guarantor'),
    -- what a verdict is held to
    unique (told_id, borrower_id, told_by)
);
create index condition_told_by_condition on condition_told (borrower_id, condition_id);

-- Whether it was found to be so, by a member of staff who did not bring it forward; once.
create table condition_verdict (
    told_id uuid not null,
    borrower_id uuid not null,
    told_by uuid not null,
    verified boolean not null,
    decided_by uuid not null references account check (decided_by <> told_by),
    decided_role text not null,
    decided_on date not null,
    reason text not null check (reason <> ''),
    made_at timestamptz not null default now(),
    primary key (told_id, borrower_id),
    foreign key (told_id, borrower_id, told_by) references condition_told (told_id, borrower_id, told_by)
);

-- A raise, a cut or a new price of a line, found by a rule of the policy one night, with its notice in both languages.
create table line_change (
    change_id uuid not null,
    borrower_id uuid not null,
    line_id uuid not null,
    kind text not null check (kind in ('raise', 'cut', 'cheaper', 'dearer')),
    rule text not null,
    policy_key text not null,
    policy_version integer not null,
    facts jsonb not null,
    limit_before_cents bigint not null,
    limit_cents bigint not null check (limit_cents >= 0),
    rate_before_num bigint not null,
    rate_num bigint not null,
    penalty_num bigint not null,
    rate_den bigint not null,
    reason text not null,
    notice_en text not null,
    notice_zh text not null,
    urgent boolean not null,
    noted_on date not null,
    effective_on date not null check (effective_on >= noted_on),
    made_at timestamptz not null default now(),
    primary key (change_id, borrower_id),
    unique (line_id, borrower_id, noted_on),
    foreign key (line_id, borrower_id) references line,
    check ((kind = 'raise') = (limit_cents > limit_before_cents)),
    check ((kind = 'cut') = (limit_cents < limit_before_cents)),
    check ((kind = 'dearer') = (rate_num > rate_before_num)),
    check ((kind = 'cheaper') = (rate_num < rate_before_num))
);
create index line_change_by_day on line_change (effective_on, borrower_id);

-- What became of it on its day: done, with what the line then had, or lapsed because the line had ended or did better.
create table line_change_done (
    change_id uuid not null,
    borrower_id uuid not null,
    outcome text not null check (outcome in ('done', 'lapsed')),
    limit_cents bigint not null,
    rate_num bigint not null,
    done_on date not null,
    made_at timestamptz not null default now(),
    primary key (change_id, borrower_id),
    foreign key (change_id, borrower_id) references line_change
);
