-- What a person looks at again, whom they speak to, and what they decide.

-- A decision that waits for a person: referred by the computer, or one its borrower asked about. It bears the id of that
-- decision, so that one decision is looked at once. `rank` orders the desk for good: a day of waiting weighs the same
-- for every file.
create table review_case (
    case_id uuid not null,
    borrower_id uuid not null references borrower,
    why text not null check (why in ('referred', 'asked')),
    product_key text not null,
    outcome text not null check (outcome in ('approve', 'refer', 'decline', 'counter')),
    asked_cents bigint check (asked_cents >= 0),
    reasons text[] not null,
    fast_lane boolean not null,
    rank integer not null,
    opened_on date not null,
    due_on date not null check (due_on >= opened_on),
    opened_at timestamptz not null default now(),
    status text not null default 'open' check (status in ('open', 'asked', 'second', 'decided')),
    waits_until_on date,
    held_by uuid references account,
    held_until_at timestamptz,
    primary key (case_id, borrower_id),
    foreign key (case_id, borrower_id) references decision,
    check ((held_by is null) = (held_until_at is null)),
    check ((status in ('asked', 'second')) = (waits_until_on is not null)),
    check (status <> 'decided' or held_by is null)
);
create index review_case_queue on review_case (rank desc, case_id) where status <> 'decided';
create index review_case_by_borrower on review_case (borrower_id, case_id);
grant update (status, waits_until_on, held_by, held_until_at) on review_case to lendmill_app;

-- All that happened to a file, and who opened it. What the house asks and the borrower answers is read by both.
create table review_event (
    event_id uuid not null,
    case_id uuid not null,
    borrower_id uuid not null,
    what text not null check (what in (
        'opened', 'taken', 'handed back', 'looked at', 'asked', 'answered', 'tied', 'invited', 'booked', 'moved',
        'missed', 'called off', 'held', 'proposed', 'sent back', 'withdrawn', 'decided'
    )),
    account_id uuid references account,
    words text not null default '',
    happened_on date not null,
    made_at timestamptz not null default now(),
    primary key (event_id, borrower_id),
    foreign key (case_id, borrower_id) references review_case
);
create index review_event_by_case on review_event (borrower_id, case_id, event_id);

-- Whom a member of staff may not decide about, as far as it is known.
create table staff_tie (
    account_id uuid not null references account,
    borrower_id uuid not null references borrower,
    kind text not null check (kind in ('relative', 'introduced', 'business')),
    told_by uuid not null references account,
    told_on date not null,
    made_at timestamptz not null default now(),
    primary key (account_id, borrower_id, kind)
);

-- A conversation by video: when, with whom, over which link, and where its recording lies; never the recording itself.
create table interview (
    interview_id uuid not null,
    borrower_id uuid not null references borrower,
    case_id uuid not null,
    status text not null default 'invited' check (status in ('invited', 'booked', 'held', 'missed', 'called off')),
    interviewer uuid not null references account,
    questions jsonb not null,
    meeting_url text not null,
    starts_at timestamptz,
    moves integer not null default 0 check (moves >= 0),
    recording_ref text not null default '',
    invited_on date not null,
    held_on date,
    made_at timestamptz not null default now(),
    primary key (interview_id, borrower_id),
    foreign key (case_id, borrower_id) references review_case,
    check (status not in ('booked', 'held') or starts_at is not null),
    check ((status = 'held') = (held_on is not null))
);
create unique index interview_open_once on interview (borrower_id, case_id) where status in ('invited', 'booked');
create unique index interview_slot_once on interview (interviewer, starts_at) where status = 'booked';
create index interview_by_case on interview (borrower_id, case_id, interview_id);
grant update (status, starts_at, moves, meeting_url, recording_ref, held_on) on interview to lendmill_app;

-- What was said to each question, until the conversation is closed.
create table interview_answer (
    interview_id uuid not null,
    borrower_id uuid not null,
    question text not null,
    finding text not null check (finding in ('matches', 'differs', 'not answered')),
    said text not null default '',
    answered_by uuid not null references account,
    made_at timestamptz not null default now(),
    primary key (interview_id, borrower_id, question),
    foreign key (interview_id, borrower_id) references interview
);
grant update on interview_answer to lendmill_app;

-- A person's decision beside the computer's: one for a file, and never by one who is the second person to themselves.
create table review_verdict (
    decision_id uuid not null,
    borrower_id uuid not null,
    case_id uuid not null,
    outcome text not null check (outcome in ('approve', 'decline')),
    override text not null check (override in ('none', 'up', 'down')),
    reasons text[] not null check (cardinality(reasons) > 0),
    reviewed_by uuid not null references account,
    reviewed_role text not null,
    seconded_by uuid references account,
    decided_on date not null,
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    unique (borrower_id, case_id),
    foreign key (decision_id, borrower_id) references decision,
    foreign key (case_id, borrower_id) references review_case,
    check (seconded_by <> reviewed_by)
);
create index review_verdict_by_day on review_verdict (decided_on, decision_id);

-- Who lends, as it stands under every notice.
alter table house add column lender_name text not null default 'Lendmill 微贷工厂' check (lender_name ~ '^[^"\\{}]+$');

-- What a borrower was told in writing of a decision, word for word in both languages; of a line that is changed, its
-- change tells.
create table notice (
    notice_id uuid not null,
    borrower_id uuid not null references borrower,
    kind text not null check (kind in ('declined', 'counter', 'review')),
    about_id uuid not null,
    reasons text[] not null,
    text_en text not null check (text_en <> ''),
    text_zh text not null check (text_zh <> ''),
    content text not null,
    content_hash text not null check (content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    sent_on date not null,
    made_at timestamptz not null default now(),
    primary key (notice_id, borrower_id)
);
create unique index notice_once on notice (borrower_id, about_id, kind);
