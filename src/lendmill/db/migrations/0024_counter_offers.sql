-- What follows a decision to offer less than was asked; and who decides for whom while policies or products are tried.

-- What can be had instead, and until when. The terms are the decision's.
create table counter_offer (
    decision_id uuid not null,
    borrower_id uuid not null references borrower,
    product_key text not null,
    product_version integer not null,
    limit_cents bigint not null check (limit_cents > 0),
    rate_num bigint not null,
    rate_den bigint not null,
    months_max integer not null,
    made_on date not null,
    expires_on date not null check (expires_on >= made_on),
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    foreign key (decision_id, borrower_id) references decision
);
create index counter_offer_by_borrower on counter_offer (borrower_id, decision_id);
create index counter_offer_by_end on counter_offer (expires_on, decision_id);

-- What became of it, once: the line it opened, the borrower's no, its end, or a later decision in its place.
create table counter_answer (
    decision_id uuid not null,
    borrower_id uuid not null,
    outcome text not null check (outcome in ('accepted', 'declined', 'lapsed', 'replaced')),
    line_id uuid,
    answered_on date not null,
    made_at timestamptz not null default now(),
    primary key (decision_id, borrower_id),
    foreign key (decision_id, borrower_id) references counter_offer,
    foreign key (line_id, borrower_id) references line,
    check ((outcome = 'accepted') = (line_id is not null))
);

insert into counter_offer (decision_id, borrower_id, product_key, product_version, limit_cents, rate_num, rate_den,
                           months_max, made_on, expires_on)
select d.decision_id, d.borrower_id, d.product_key, p.version, d.limit_cents, (t.terms ->> 'rate_num')::bigint,
       (t.terms ->> 'rate_den')::bigint, (t.terms ->> 'months_max')::integer, d.decided_on,
       d.decided_on + (p.body::jsonb ->> 'offer_days')::integer
  from decision d
 cross join lateral (select d.content::jsonb -> 'decision' -> 'terms' as terms,
                            d.content::jsonb -> 'product' as product) t
  join product_version p on p.product_key = d.product_key and p.version = (t.product ->> 'version')::integer
 where d.outcome = 'counter';

alter table notice drop constraint notice_kind_check;
alter table notice add constraint notice_kind_check check (kind in ('declined', 'counter', 'lapsed', 'review'));

-- Of each trial that runs, which arm a file is in: one that is decided by the champion counts beside every challenger.
alter table decision_arm drop constraint decision_arm_pkey;
alter table decision_arm add primary key (decision_id, borrower_id, trial);

-- The share of borrowers who are in no trial of any policy or product, from a day on; the newest row of a day counts.
create table hold_out (
    hold_out_id uuid primary key,
    share_bp integer not null check (share_bp between 0 and 5000),
    from_on date not null,
    set_by uuid references account,
    reason text not null check (reason <> ''),
    set_on date not null check (from_on >= set_on),
    made_at timestamptz not null default now()
);
create index hold_out_by_day on hold_out (from_on, hold_out_id);
