-- People: roles that are edited, staff lists, links in e-mails, the outbox, two-factor authentication and passkeys.

ALTER TABLE role ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE role ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- Which shipped role it was made as, whatever it is called by now.
ALTER TABLE role ADD COLUMN preset TEXT;
ALTER TABLE role ADD COLUMN is_default BIGINT NOT NULL DEFAULT 0;
ALTER TABLE role ADD COLUMN requires_two_factor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE role ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
UPDATE role SET name_key = lower(name);
UPDATE role SET preset = 'administrator' WHERE kind = 'staff' AND name = 'Administrator' AND shipped = 1;
UPDATE role SET preset = 'technician' WHERE kind = 'staff' AND name = 'Technician' AND shipped = 1;
-- Roles were a part of the area of users until now.
UPDATE role SET grants = replace(grants, '}', ',"roles":"manage"}') WHERE grants LIKE '%"users":"manage"%' AND grants NOT LIKE '%"roles":%';
UPDATE role SET grants = replace(grants, '}', ',"roles":"write"}') WHERE grants LIKE '%"users":"write"%' AND grants NOT LIKE '%"roles":%';
UPDATE role SET grants = replace(grants, '}', ',"roles":"read"}') WHERE grants LIKE '%"users":"read"%' AND grants NOT LIKE '%"roles":%';
CREATE UNIQUE INDEX role_kind_name_key_key ON role (kind, name_key);
CREATE UNIQUE INDEX role_preset_key ON role (preset) WHERE preset IS NOT NULL;
CREATE UNIQUE INDEX role_is_default_key ON role (kind) WHERE is_default = 1;

ALTER TABLE identity ADD COLUMN job_title TEXT;
ALTER TABLE identity ADD COLUMN phone TEXT;
ALTER TABLE identity ADD COLUMN language TEXT;
ALTER TABLE identity ADD COLUMN notifications TEXT NOT NULL DEFAULT '{}';
-- What the address looks like; written by the binary, which at its start completes rows that lack it.
ALTER TABLE identity ADD COLUMN email_skeleton TEXT;
CREATE INDEX identity_by_skeleton ON identity (email_skeleton);

-- Copies from identity, so that a page of the staff list is one range of one index. An installation may have far more
-- company users than staff.
ALTER TABLE staff_membership ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_membership ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_membership ADD COLUMN last_sign_in_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX staff_membership_by_name ON staff_membership (name_key, identity_id, status, role_id);
CREATE INDEX staff_membership_by_sign_in ON staff_membership (last_sign_in_at, identity_id, status, role_id);
CREATE INDEX staff_membership_by_role ON staff_membership (role_id, status);
CREATE INDEX company_membership_by_role ON company_membership (role_id);

CREATE INDEX technician_by_name ON technician (integration_id, name_key, id) WHERE absent = 0 AND active = 1 AND person = 1;
CREATE INDEX technician_by_identity ON technician (identity_id) WHERE identity_id IS NOT NULL;

-- stage: full, second_factor (password right, second factor to come), enrol (the role asks for a second factor).
ALTER TABLE session ADD COLUMN stage TEXT NOT NULL DEFAULT 'full';

CREATE TABLE account_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    purpose TEXT NOT NULL,
    created_by BIGINT REFERENCES identity (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX account_link_by_identity ON account_link (identity_id);
CREATE INDEX account_link_by_expiry ON account_link (expires_at);

CREATE TABLE mail (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    identity_id BIGINT REFERENCES identity (id),
    recipient TEXT NOT NULL,
    params TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX mail_by_creation ON mail (created_at, id);
CREATE INDEX mail_by_state ON mail (state, created_at, id);
CREATE INDEX mail_by_identity ON mail (identity_id, id);

-- The secret itself is sealed in the table secret (owner identity:<id>). last_step: the newest time step that was used.
CREATE TABLE two_factor (
    identity_id BIGINT NOT NULL PRIMARY KEY REFERENCES identity (id),
    enabled_at BIGINT NOT NULL,
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (identity_id, code_hash)
);

CREATE TABLE passkey (
    id BIGINT NOT NULL PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    identity_id BIGINT NOT NULL REFERENCES identity (id),
    credential_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkey_by_identity ON passkey (identity_id, id);

-- A passkey ceremony between its two requests, by the hash of the token in the browser's cookie.
CREATE TABLE ceremony (
    token_hash TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
