-- Into which bins of each table the shops fell when a card in the shadow rated them all: feature, bin, how many. Of one
-- card and day the newest pass counts.
create table shadow_pass (
    pass_id uuid primary key,
    model_id text not null references model,
    as_of_on date not null,
    bins jsonb not null,
    made_at timestamptz not null default now()
);
create index shadow_pass_by_model on shadow_pass (model_id, as_of_on, pass_id);
