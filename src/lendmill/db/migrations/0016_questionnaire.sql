-- What sellers say of themselves: the item banks, consents, forms given, every answer as it came, and what it came to.
-- Rows are only ever added: an answer changed is one more row, a consent taken back is one more row.

-- A version of the item bank, in the very spelling whose fingerprint results name.
create table questionnaire_bank (
    bank_digest text primary key check (bank_digest = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    edition integer not null,
    parameters integer not null,
    body text not null,
    kept_on date not null,
    kept_at timestamptz not null default now(),
    unique (edition, parameters)
);

-- The text agreed to, word for word, or that the agreement was taken back; the newest row counts.
create table questionnaire_consent (
    consent_id uuid not null,
    borrower_id uuid not null references borrower,
    given boolean not null,
    language text not null check (language in ('zh-Hans', 'en')),
    wording text not null,
    said_on date not null,
    said_at timestamptz not null,
    primary key (consent_id, borrower_id)
);
create index questionnaire_consent_by_borrower on questionnaire_consent (borrower_id, consent_id);

-- A form as drawn by its seed. It belongs to one consent: taken back, the form's answers are used no more.
create table questionnaire_attempt (
    attempt_id uuid not null,
    borrower_id uuid not null references borrower,
    shop_id uuid not null,
    consent_id uuid not null,
    bank_digest text not null references questionnaire_bank,
    seed bigint not null,
    form jsonb not null,
    started_on date not null,
    expires_on date not null check (expires_on >= started_on),
    started_at timestamptz not null,
    primary key (attempt_id, borrower_id),
    foreign key (consent_id, borrower_id) references questionnaire_consent
);
create index questionnaire_attempt_by_borrower on questionnaire_attempt (borrower_id, attempt_id);

-- When the server showed an item, and when it took an answer in: the time between is the server's own measure. What the
-- browser measured is kept beside it.
create table questionnaire_shown (
    shown_id uuid not null,
    borrower_id uuid not null,
    attempt_id uuid not null,
    item_key text not null,
    shown_at timestamptz not null,
    primary key (shown_id, borrower_id),
    foreign key (attempt_id, borrower_id) references questionnaire_attempt
);
create index questionnaire_shown_by_attempt on questionnaire_shown (borrower_id, attempt_id, item_key, shown_at);

create table questionnaire_answer (
    answer_id uuid not null,
    borrower_id uuid not null,
    attempt_id uuid not null,
    item_key text not null,
    choice integer not null check (choice >= 0),
    language text not null check (language in ('zh-Hans', 'en')),
    answered_at timestamptz not null,
    client_ms integer check (client_ms >= 0),
    primary key (answer_id, borrower_id),
    foreign key (attempt_id, borrower_id) references questionnaire_attempt
);
create index questionnaire_answer_by_attempt on questionnaire_answer (borrower_id, attempt_id, answer_id);

-- What a finished form came to, with the answers that counted, under the hash of its content; once.
create table questionnaire_result (
    attempt_id uuid not null,
    borrower_id uuid not null,
    content text not null,
    content_hash text not null check (content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
    is_usable boolean not null,
    finished_on date not null,
    finished_at timestamptz not null,
    primary key (attempt_id, borrower_id),
    foreign key (attempt_id, borrower_id) references questionnaire_attempt
);
create index questionnaire_result_by_time on questionnaire_result (finished_at);

-- Its figures one by one, for those who read them as events; null where nothing was measured.
create table questionnaire_index (
    attempt_id uuid not null,
    borrower_id uuid not null,
    subject text not null,
    quantity double precision,
    primary key (attempt_id, borrower_id, subject),
    foreign key (attempt_id, borrower_id) references questionnaire_result
);

-- A seller's wish that a person explains the result.
create table questionnaire_wish (
    attempt_id uuid not null,
    borrower_id uuid not null,
    words text not null,
    wished_on date not null,
    primary key (attempt_id, borrower_id),
    foreign key (attempt_id, borrower_id) references questionnaire_result
);
