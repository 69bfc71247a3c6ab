-- Ids are BIGINT, public ids UUIDv7 text, instants BIGINT milliseconds UTC, flags BIGINT 0/1, JSON is TEXT.
-- One text for both engines. Row ids come from the table id_sequence (store/src/row_id.rs), so that bulk inserts
-- know them beforehand and no engine-specific identity column is needed.

CREATE TABLE id_sequence (
    name TEXT NOT NULL PRIMARY KEY,
    next_id BIGINT NOT NULL
);

CREATE TABLE installation_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Every master key that sealed something here, by its fingerprint; start-up refuses a ring that lacks one (X1).
CREATE TABLE encryption_key (
    id TEXT NOT NULL PRIMARY KEY,
    check_envelope TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE secret (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    envelope TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner, name)
);
CREATE INDEX secret_by_key ON secret (key_id);

CREATE TABLE role (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    grants TEXT NOT NULL,
    shipped BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    UNIQUE (kind, name)
);

CREATE TABLE identity (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at BIGINT,
    time_zone TEXT,
    created_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

CREATE TABLE staff_membership (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    role_id BIGINT NOT NULL REFERENCES role (id),
    status TEXT NOT NULL,
    primary_admin BIGINT NOT NULL DEFAULT 0,
    all_companies BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    csrf_token TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_identity ON session (identity_id, created_at);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE sign_in_attempt (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE api_key (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    token_hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_by BIGINT REFERENCES identity (id),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE audit_entry (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_label TEXT NOT NULL,
    before_state TEXT,
    after_state TEXT
);
CREATE INDEX audit_entry_by_time ON audit_entry (at, id);
CREATE INDEX audit_entry_by_subject ON audit_entry (subject_kind, subject_id, id);

CREATE TABLE integration (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,
    settings_revision BIGINT NOT NULL DEFAULT 1,
    applied_scope_revision BIGINT NOT NULL DEFAULT 0,
    generation BIGINT NOT NULL DEFAULT 1,
    auto_sync BIGINT NOT NULL DEFAULT 1,
    account TEXT NOT NULL DEFAULT '',
    web_url TEXT,
    missing_permissions TEXT NOT NULL DEFAULT '[]',
    created_at BIGINT NOT NULL,
    connected_at BIGINT,
    disconnected_at BIGINT,
    refused_since BIGINT,
    refused_message TEXT,
    outage_since BIGINT,
    outage_message TEXT,
    failures_in_row BIGINT NOT NULL DEFAULT 0,
    last_success_at BIGINT,
    next_sync_at BIGINT,
    next_probe_at BIGINT,
    next_reconciliation_at BIGINT,
    reference_data_at BIGINT,
    UNIQUE (provider, name)
);
CREATE INDEX integration_due ON integration (next_sync_at);

CREATE TABLE reference_item (
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    label TEXT NOT NULL,
    parent TEXT,
    active BIGINT NOT NULL,
    sort_order BIGINT NOT NULL,
    is_system BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (integration_id, kind, external_id)
);

-- absent: 0 present, 1 removed, 2 out of scope. removed_reason: vendor, scope, cleared, blocked.

CREATE TABLE company (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    primary_integration_id BIGINT REFERENCES integration (id),
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_reason TEXT
);
CREATE INDEX company_by_name ON company (name_key, id, removed_at) WHERE removed_at IS NULL;
CREATE INDEX company_by_creation ON company (created_at, id, removed_at) WHERE removed_at IS NULL;
CREATE INDEX company_removed_by_name ON company (name_key, id, removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX company_removed_by_creation ON company (created_at, id, removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX company_by_primary_integration ON company (primary_integration_id);

CREATE TABLE company_membership (
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    company_id BIGINT NOT NULL REFERENCES company (id),
    role_id BIGINT NOT NULL REFERENCES role (id),
    status TEXT NOT NULL,
    contact_integration_id BIGINT,
    contact_external_id TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (identity_id, company_id)
);
CREATE INDEX company_membership_by_company ON company_membership (company_id);

CREATE TABLE external_company (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    company_id BIGINT REFERENCES company (id),
    link_origin TEXT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    active BIGINT NOT NULL,
    type_id TEXT,
    phone TEXT,
    website TEXT,
    street TEXT,
    city TEXT,
    state TEXT,
    postal_code TEXT,
    country TEXT,
    parent_external_id TEXT,
    owner_external_id TEXT,
    created_at BIGINT,
    updated_at BIGINT,
    fields TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);
CREATE INDEX external_company_by_company ON external_company (company_id, integration_id);
CREATE INDEX external_company_linked ON external_company (integration_id, company_id) WHERE company_id IS NOT NULL;

CREATE TABLE external_contact (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    company_external_id TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    phone TEXT,
    mobile TEXT,
    title TEXT,
    active BIGINT NOT NULL,
    is_primary BIGINT NOT NULL,
    created_at BIGINT,
    updated_at BIGINT,
    fields TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);
CREATE INDEX external_contact_by_name ON external_contact (active, name_key, id, integration_id, company_external_id) WHERE absent = 0;
CREATE INDEX external_contact_by_company ON external_contact (integration_id, company_external_id, active, name_key, id) WHERE absent = 0;
CREATE INDEX external_contact_by_key ON external_contact (name_key);
CREATE INDEX external_contact_by_email ON external_contact (email_key) WHERE email_key IS NOT NULL;

CREATE TABLE technician (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    title TEXT,
    active BIGINT NOT NULL,
    person BIGINT NOT NULL,
    identity_id BIGINT REFERENCES identity (id),
    fields TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);

CREATE TABLE contact_group (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    active BIGINT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);

CREATE TABLE contact_group_member (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    group_external_id TEXT NOT NULL,
    contact_external_id TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);
CREATE INDEX contact_group_member_by_contact ON contact_group_member (integration_id, contact_external_id);

CREATE TABLE ticket (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    description_format TEXT,
    company_external_id TEXT,
    contact_external_id TEXT,
    status_id TEXT,
    queue_id TEXT,
    priority_id TEXT,
    category_id TEXT,
    type_id TEXT,
    source_id TEXT,
    technician_external_id TEXT,
    closed BIGINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    updated_at BIGINT NOT NULL,
    -- PostgreSQL only: number and title in lower case, for its trigram index.
    search_text TEXT,
    fields TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);

CREATE TABLE ticket_note (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    ticket_external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    body_format TEXT NOT NULL,
    visibility TEXT NOT NULL,
    is_system BIGINT NOT NULL,
    contact_external_id TEXT,
    technician_external_id TEXT,
    created_at BIGINT,
    updated_at BIGINT,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);
CREATE INDEX ticket_note_by_ticket ON ticket_note (integration_id, ticket_external_id, created_at, id);

CREATE TABLE opportunity (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    description TEXT,
    description_format TEXT,
    company_external_id TEXT,
    contact_external_id TEXT,
    owner_external_id TEXT,
    stage_id TEXT,
    status_id TEXT,
    category_id TEXT,
    amount_cents BIGINT,
    probability BIGINT,
    projected_close_at BIGINT,
    created_at BIGINT,
    closed_at BIGINT,
    updated_at BIGINT NOT NULL,
    fields TEXT NOT NULL,
    content_hash BIGINT NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    removed_at BIGINT,
    removed_reason TEXT,
    stored_at BIGINT NOT NULL,
    UNIQUE (integration_id, external_id)
);
CREATE INDEX opportunity_by_update ON opportunity (updated_at, id) WHERE absent = 0;
CREATE INDEX opportunity_by_title ON opportunity (title_key, id) WHERE absent = 0;
CREATE INDEX opportunity_by_company ON opportunity (integration_id, company_external_id, updated_at, id) WHERE absent = 0;
CREATE INDEX opportunity_by_company_title ON opportunity (integration_id, company_external_id, title_key, id) WHERE absent = 0;
CREATE INDEX opportunity_by_stage ON opportunity (integration_id, stage_id, updated_at, id) WHERE absent = 0;
CREATE INDEX opportunity_by_stage_title ON opportunity (integration_id, stage_id, title_key, id) WHERE absent = 0;

-- Sync: runs, their streams, checkpoints, scratch marks, records set aside, questions.

CREATE TABLE sync_run (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    trigger_key TEXT NOT NULL,
    requested_by TEXT,
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    settings_revision BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    message TEXT,
    hint TEXT
);
CREATE INDEX sync_run_by_integration ON sync_run (integration_id, id);
CREATE INDEX sync_run_active ON sync_run (integration_id) WHERE state IN ('waiting', 'running');

CREATE TABLE stream_run (
    id BIGINT NOT NULL PRIMARY KEY,
    run_id BIGINT NOT NULL REFERENCES sync_run (id),
    integration_id BIGINT NOT NULL,
    stream TEXT NOT NULL,
    position BIGINT NOT NULL,
    mode TEXT NOT NULL,
    since BIGINT,
    floor_at BIGINT,
    state TEXT NOT NULL,
    cursor TEXT,
    phase TEXT NOT NULL DEFAULT 'pages',
    next_watermark BIGINT,
    fetched BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    out_of_scope BIGINT NOT NULL DEFAULT 0,
    set_aside BIGINT NOT NULL DEFAULT 0,
    removed BIGINT NOT NULL DEFAULT 0,
    repeated BIGINT NOT NULL DEFAULT 0,
    pages BIGINT NOT NULL DEFAULT 0,
    requests BIGINT NOT NULL DEFAULT 0,
    total_before BIGINT,
    total_after BIGINT,
    verified BIGINT,
    started_at BIGINT,
    finished_at BIGINT,
    progress_at BIGINT,
    message TEXT,
    hint TEXT,
    oddities TEXT NOT NULL DEFAULT '[]',
    UNIQUE (run_id, stream)
);
CREATE INDEX stream_run_by_run ON stream_run (run_id, position);

CREATE TABLE checkpoint (
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    stream TEXT NOT NULL,
    generation BIGINT NOT NULL,
    watermark BIGINT,
    full_completed_at BIGINT,
    last_completed_at BIGINT,
    last_started_at BIGINT,
    verified BIGINT,
    PRIMARY KEY (integration_id, stream)
);

CREATE TABLE seen_mark (
    stream_run_id BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (stream_run_id, external_id)
);

CREATE TABLE set_aside (
    id BIGINT NOT NULL PRIMARY KEY,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    stream TEXT NOT NULL,
    external_id TEXT NOT NULL,
    field TEXT,
    reason TEXT NOT NULL,
    stream_run_id BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 1,
    next_attempt_at BIGINT,
    resolved_at BIGINT,
    resolution TEXT,
    UNIQUE (integration_id, stream, external_id)
);
CREATE INDEX set_aside_open ON set_aside (integration_id, last_at) WHERE resolved_at IS NULL;

CREATE TABLE removal_question (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    stream TEXT NOT NULL,
    stream_run_id BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    present BIGINT NOT NULL,
    sample TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    answered_by TEXT
);
CREATE UNIQUE INDEX removal_question_open ON removal_question (integration_id, stream) WHERE state = 'open';

CREATE TABLE removal_candidate (
    question_id BIGINT NOT NULL REFERENCES removal_question (id),
    external_id TEXT NOT NULL,
    PRIMARY KEY (question_id, external_id)
);

-- A wake-up for a stream that arrived while it was running or waiting (P9); a row here means: go again.
CREATE TABLE wake_up (
    integration_id BIGINT NOT NULL REFERENCES integration (id),
    stream TEXT NOT NULL,
    trigger_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (integration_id, stream)
);

-- Jobs. state: 0 ready, 1 running, 2 done, 3 dead.
CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state BIGINT NOT NULL DEFAULT 0,
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    unique_key TEXT NOT NULL,
    serial_key TEXT NOT NULL,
    lease_by TEXT,
    lease_until BIGINT,
    lease_token BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX job_ready ON job (priority, run_at, id) WHERE state = 0;
CREATE INDEX job_leased ON job (lease_until) WHERE state = 1;
CREATE UNIQUE INDEX job_unique_waiting ON job (unique_key) WHERE state = 0;
CREATE UNIQUE INDEX job_serial_running ON job (serial_key) WHERE state = 1;
CREATE INDEX job_finished ON job (finished_at) WHERE state IN (2, 3);

CREATE TABLE node (
    id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
);

CREATE TABLE request_window (
    key TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    run_uuid TEXT
);

-- Permits (S5): requests per limit key in the part of a window that starts at an instant, a block until an instant,
-- and leased concurrency slots.
CREATE TABLE permit_bucket (
    limit_key TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (limit_key, starts_at)
);
CREATE INDEX permit_bucket_by_start ON permit_bucket (starts_at);

CREATE TABLE permit_state (
    limit_key TEXT NOT NULL PRIMARY KEY,
    blocked_until BIGINT NOT NULL DEFAULT 0,
    vendor_used BIGINT,
    vendor_limit BIGINT,
    vendor_at BIGINT,
    ours_since BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE permit_slot (
    limit_key TEXT NOT NULL,
    slot BIGINT NOT NULL,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (limit_key, slot)
);

CREATE TABLE search_progress (
    name TEXT NOT NULL PRIMARY KEY,
    indexed_id BIGINT NOT NULL
);
