-- A policy proved before it is trusted.

-- The examples kept with a policy; the newest set counts, for every version that comes after it.
create table policy_case (
    case_set_id uuid primary key,
    policy_key text not null,
    body text not null,
    digest text not null check (digest = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    kept_on date not null,
    kept_by uuid references account,
    made_at timestamptz not null default now()
);
create index policy_case_by_policy on policy_case (policy_key, case_set_id);

-- What a policy in the shadow makes of a file that the live one decided. Nothing reads these to decide.
create table shadow_decision (
    decision_id uuid not null,
    borrower_id uuid not null,
    policy_key text not null,
    policy_version integer not null,
    outcome text not null,
    limit_cents bigint not null check (limit_cents >= 0),
    reasons jsonb not null,
    shadowed_on date not null,
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id, policy_key, policy_version),
    foreign key (decision_id, borrower_id) references decision (decision_id, borrower_id)
);
create index shadow_decision_by_policy on shadow_decision (policy_key, policy_version, decision_id);

-- Which arm of which trial decided a file.
create table decision_arm (
    decision_id uuid not null,
    borrower_id uuid not null,
    trial text not null,
    arm text not null check (arm in ('champion', 'challenger', 'hold-out')),
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    foreign key (decision_id, borrower_id) references decision (decision_id, borrower_id)
);
create index decision_arm_by_trial on decision_arm (trial, arm, decision_id);

-- A backtest as it was run, so that whoever approves a policy sees what its author saw.
create table policy_backtest (
    backtest_id uuid primary key,
    policy_key text not null,
    policy_version integer not null,
    policy_digest text not null,
    since_on date not null,
    until_on date not null check (until_on >= since_on),
    files integer not null check (files >= 0),
    body jsonb not null,
    run_on date not null,
    run_by uuid references account,
    made_at timestamptz not null default now()
);
create index policy_backtest_by_policy on policy_backtest (policy_key, policy_version, backtest_id);
