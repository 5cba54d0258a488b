-- Products and policies as documents with stages: drafts, proposals, two people, and the log of what stands from when.

-- One row a document: whoever takes one of its versions further locks it first, and counts the step.
create table document (
    kind text not null check (kind in ('product', 'policy')),
    document_key text not null,
    steps integer not null default 0 check (steps >= 0),
    made_at timestamptz not null default now(),
    primary key (kind, document_key)
);
grant update on document to lendmill_app;

-- What is being written: each revision is kept; the last one counts until the version leaves its review, and from then
-- on the text stands in product_version or policy_version and never changes. Written by nobody: shipped.
create table document_draft (
    kind text not null,
    document_key text not null,
    version integer not null check (version > 0),
    revision integer not null check (revision > 0),
    body text not null,
    digest text not null check (digest = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    note text not null default '',
    written_by uuid references account,
    written_on date not null,
    made_at timestamptz not null default now(),
    primary key (kind, document_key, version, revision),
    foreign key (kind, document_key) references document
);

-- A version on its way to a stage that takes two people, exactly as it read then. Without a day it is from the day on
-- which somebody agrees. `live_version` is what was live then: once another is, the proposal is stale.
create table document_proposal (
    proposal_id uuid primary key,
    kind text not null,
    document_key text not null,
    version integer not null,
    digest text not null,
    to_stage text not null check (to_stage in ('shadow', 'share', 'live', 'retired')),
    share_bp integer check (share_bp between 1 and 9999),
    effective_on date check (effective_on >= proposed_on),
    live_version integer,
    reason text not null check (reason <> ''),
    command_key text not null unique,
    proposed_by uuid not null references account,
    proposed_role text not null,
    written_by uuid[] not null,
    proposed_on date not null,
    expires_on date not null check (expires_on >= proposed_on),
    made_at timestamptz not null default now(),
    foreign key (kind, document_key) references document,
    check ((to_stage = 'share') = (share_bp is not null)),
    -- what a decision is held to
    unique (proposal_id, kind, document_key, version, digest, to_stage, proposed_by, written_by)
);
create index document_proposal_by_document on document_proposal (kind, document_key, version, proposal_id);

-- What became of it, once. Nobody approves what they wrote or proposed themselves.
create table document_proposal_decision (
    proposal_id uuid primary key,
    kind text not null,
    document_key text not null,
    version integer not null,
    digest text not null,
    to_stage text not null,
    proposed_by uuid not null,
    written_by uuid[] not null,
    outcome text not null check (outcome in ('approved', 'declined', 'withdrawn')),
    decided_by uuid not null references account,
    decided_role text not null,
    decided_on date not null,
    reason text not null default '',
    command_key text not null unique,
    made_at timestamptz not null default now(),
    -- what a step is held to
    unique (proposal_id, kind, document_key, version, digest, to_stage, outcome),
    foreign key (proposal_id, kind, document_key, version, digest, to_stage, proposed_by, written_by)
        references document_proposal (proposal_id, kind, document_key, version, digest, to_stage, proposed_by,
                                      written_by),
    check ((outcome = 'withdrawn') = (decided_by = proposed_by)),
    check (outcome <> 'approved' or decided_by <> all (written_by))
);

-- The log: from which day a version stands where, and why; `was` is where it stood before. Never back-dated. One person
-- alone may only hold back; or let a document's very first version go live when the house begins.
create table document_step (
    kind text not null,
    document_key text not null,
    n integer not null check (n > 0),
    version integer not null,
    digest text not null,
    stage text not null check (stage in ('shadow', 'share', 'live', 'retired')),
    was text not null check (was in ('draft', 'review', 'shadow', 'share', 'live', 'retired')),
    share_bp integer check (share_bp between 1 and 9999),
    effective_on date not null,
    reason text not null check (reason <> ''),
    changed_on date not null,
    changed_by uuid references account,
    alone text check (alone in ('first of the house', 'carried over', 'holds back')),
    proposal_id uuid,
    outcome text check (outcome = 'approved'),
    made_at timestamptz not null default now(),
    primary key (kind, document_key, n),
    foreign key (kind, document_key) references document,
    foreign key (proposal_id, kind, document_key, version, digest, stage, outcome)
        references document_proposal_decision (proposal_id, kind, document_key, version, digest, to_stage, outcome),
    check (effective_on >= changed_on),
    check ((stage = 'share') = (share_bp is not null)),
    check ((proposal_id is null) = (outcome is null)),
    check ((proposal_id is null) = (alone is not null)),
    check (alone <> 'holds back' or stage = 'retired' or (stage = 'share' and was = 'share'))
);
create unique index document_step_first_once on document_step (kind, document_key) where alone = 'first of the house';

-- What is published already stands as it did: the newest version is live, those before it were.
insert into document (kind, document_key, steps)
select 'product', product_key, count(*) from product_version group by product_key
union all
select 'policy', policy_key, count(*) from policy_version group by policy_key;

insert into document_step (kind, document_key, n, version, digest, stage, was, effective_on, reason, changed_on, alone)
select 'product', product_key, row_number() over (partition by product_key order by version), version, digest, 'live',
       'draft', max(published_on) over (partition by product_key order by version), 'published', published_on,
       'carried over'
  from product_version
union all
select 'policy', policy_key, row_number() over (partition by policy_key order by version), version, digest, 'live',
       'draft', max(published_on) over (partition by policy_key order by version), 'published', published_on,
       'carried over'
  from policy_version;
