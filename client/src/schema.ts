// Generated from test/openapi.json by `npm run openapi`.
export interface paths {
    "/api/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the permissions of every operation
         * @description Every operation with its rule, and how many records it opens to each role, within and outside working hours. Made of the rules themselves.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["policy_table"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the entry points
         * @description **Who:** anyone.
         */
        get: operations["health_welcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get name and version
         * @description **Who:** anyone.
         */
        get: operations["health_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the process is alive
         * @description **Who:** anyone.
         */
        get: operations["health_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the server is ready
         * @description The database answers and has every migration of this release. Migrations that this release does not know, those of a newer one for instance, are named and do not keep it from serving. `read_only`: reads are served, writes get 503.
         *
         *     **Who:** anyone.
         */
        get: operations["health_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the audit trail
         * @description Changes with author, time and reason, newest first, each with a sentence: the whole trail or, with `limit`, a page of it. Managers read what concerns tasks and tags. Reading leaves an entry of its own, which is not yet in the answer.
         *
         *     **Who:** manager, auditor.
         */
        get: operations["audit_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/entries/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit trail
         * @description NDJSON, or CSV with `format=csv`; oldest first, streamed. The last entry may be that of this export.
         *
         *     **Who:** manager, auditor.
         */
        get: operations["audit_exportEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the request log
         * @description Every request of the API, newest first, with masked bodies: the whole log or, with `limit`, a page of it. Reading leaves an entry in the trail.
         *
         *     **Who:** auditor.
         */
        get: operations["audit_requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/requests/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the request log
         * @description NDJSON, or CSV with `format=csv`; oldest first, streamed. Recorded in the audit trail.
         *
         *     **Who:** auditor.
         */
        get: operations["audit_exportRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/entities/{type}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the history of a record
         * @description From its first entry to its last, oldest first, whether or not it still exists, with its state according to the trail. Managers read tasks and tags.
         *
         *     **Who:** manager, auditor.
         */
        get: operations["lives_life"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export an evidence bundle
         * @description A zip, streamed: entries with proofs that they are sealed in the audit trail, signed checkpoints, keys, a printable report and a verifier that needs nothing but Node: `node verify.mjs`. Its README.txt says what it proves. Taking it is an audit entry.
         *
         *     **Who:** auditor.
         */
        get: operations["evidence_take"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/entries/{id}/redactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request the redaction of an audit entry
         * @description For personal data that was typed by accident. Author, action, time and record always stay; no value is removed before another auditor approves.
         *
         *     **Who:** auditor.
         */
        post: operations["redactions_request"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/redactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List redactions
         * @description Newest first. Those that wait for a decision: `status=pending`.
         *
         *     **Who:** manager, auditor.
         */
        get: operations["redactions_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/redactions/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a redaction that another auditor requested
         * @description The values are removed for good: at once, or as soon as the request has been sealed for `REDACTION_DELAY_HOURS`. The entry stays provable, and shows who removed them and why. The approver has not appointed the requester, nor the other way round, nor has one person appointed both, in any number of steps.
         *
         *     **Who:** manager, auditor.
         */
        post: operations["redactions_approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/redactions/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decline a redaction that another auditor requested
         * @description Also one that was approved, as long as the values are there.
         *
         *     **Who:** manager, auditor.
         */
        post: operations["redactions_decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign up
         * @description Makes a developer account, which can be used once its e-mail address is verified. Until then it reserves neither name nor address.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["registration_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/verify-email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify an e-mail address
         * @description Activates the account that the link was mailed for, with the password that was, or is, chosen for it.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["registration_verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/verify-email/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request another verification mail
         * @description It goes to the address if that is still to be verified; at most one in five minutes.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["registration_resendVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Here in Swagger UI the token is applied to every further call. After too many failed logins you answer a captcha before each further one, and wait for `Retry-After` seconds; after about 100 a day, the account admits only devices that it was used on before, until a new password is chosen by mail. An account with a second factor answers `second_factor_required` until the login is repeated with `second_factor_code`.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["auth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a fresh access token
         * @description By the cookie `refresh_token` alone, which a browser sends by itself. The refresh token is rotated; an older one that is used again ends the session.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out of this device
         * @description **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: it ends the session that a repetition would need.
         */
        post: operations["auth_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out of all devices
         * @description **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: it ends the session that a repetition would need.
         */
        post: operations["auth_logoutAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own sessions
         * @description Last used first.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["auth_listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of your own sessions
         * @description **Who:** any signed-in user.
         */
        delete: operations["auth_endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change your password
         * @description Ends your other sessions. The answer brings fresh tokens for this one: those issued before are not renewed. Wrong old passwords count as failed logins.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: its answer brings tokens, which are not stored.
         */
        post: operations["password_changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a link to reset a password
         * @description A mail with a link goes to the address if it is that of an account; at most one in five minutes.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["password_forgot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a new password
         * @description With the token of the mail. Verifies the address, ends all sessions, and admits this device however often others fail to sign in.
         *
         *     **Who:** anyone.
         *
         *     Takes no `Idempotency-Key`: there is no signed-in user whose key it could be, and its answers may hold secrets.
         */
        post: operations["password_resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your own account
         * @description **Who:** any signed-in user.
         */
        get: operations["users_readOwn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change your own account
         * @description A new address has to be verified before it replaces the present one.
         *
         *     **Who:** any signed-in user.
         */
        patch: operations["users_updateOwn"];
        trace?: never;
    };
    "/api/auth/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the state of your second factor
         * @description **Who:** any signed-in user.
         */
        get: operations["secondfactor_status"];
        put?: never;
        /**
         * Set up a second factor
         * @description Answers with a new secret for an authenticator (RFC 6238). Logins need it once a code was confirmed; until then a further call replaces it.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: its answer holds secrets, which are not stored.
         */
        post: operations["secondfactor_start"];
        /**
         * Remove your second factor
         * @description Needs password and code. The recovery codes end with it. Wrong ones count as failed logins.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: the code in it is used up even if the rest fails; read the state before you repeat it.
         */
        delete: operations["secondfactor_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm your second factor
         * @description From here on a login needs a code. Ends your other sessions and brings fresh tokens for this one. The recovery codes are not shown again.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: its answer holds secrets, which are not stored.
         */
        post: operations["secondfactor_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new recovery codes
         * @description Needs password and code. Earlier recovery codes end. Wrong ones count as failed logins.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: its answer holds secrets, which are not stored.
         */
        post: operations["secondfactor_replaceRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Auditors see everyone, managers the developers and themselves, developers themselves.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["users_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/timezone-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List time zones to confirm
         * @description Given at sign-up where `CONFIRM_SIGN_UP_TIMEZONE=true`. Setting the time zone of the user, to this or another one, settles the request.
         *
         *     **Who:** manager, auditor.
         */
        get: operations["users_listZoneRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user
         * @description **Who:** any signed-in user.
         */
        get: operations["users_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change role, standing or zone of a user
         * @description Needs a `reason`. Takes effect on the next request of that user. A disabled user is signed out everywhere; their open tasks are in the answer, to be reassigned. Address and last log-in of a user whom you cannot read are withheld.
         *
         *     **Who:** manager.
         */
        patch: operations["users_update"];
        trace?: never;
    };
    "/api/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tags
         * @description **Who:** any signed-in user.
         */
        get: operations["tags_list"];
        put?: never;
        /**
         * Create a tag
         * @description **Who:** manager.
         */
        post: operations["tags_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tags/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a tag
         * @description **Who:** any signed-in user.
         */
        get: operations["tags_read"];
        put?: never;
        post?: never;
        /**
         * Delete a tag that no task has
         * @description Deleted tasks lose it as well, with an audit entry each.
         *
         *     **Who:** manager.
         */
        delete: operations["tags_delete"];
        options?: never;
        head?: never;
        /**
         * Rename a tag
         * @description **Who:** manager.
         */
        patch: operations["tags_rename"];
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tasks
         * @description The whole list that you may see or, with `limit`, a page of it. Developers see their own tasks.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["tasks_list"];
        put?: never;
        /**
         * Create a task
         * @description **Who:** manager, developer (within working hours).
         */
        post: operations["tasks_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export tasks as CSV
         * @description The list with the same filters, streamed; RFC 4180, UTF-8. The columns are the fields of a task, in their order and with their meaning, and `tag_names`; several tags of a task are separated by `; `. A cell that a spreadsheet would compute begins with an apostrophe. Recorded in the audit trail.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["tasks_exportCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/bulk-update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the status of many tasks
         * @description All or nothing, by the same rules as a single change.
         *
         *     **Who:** manager, developer.
         */
        post: operations["tasks_bulkUpdate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a task
         * @description **Who:** any signed-in user.
         */
        get: operations["tasks_read"];
        /**
         * Replace a task
         * @description Needs the fields that a new task needs; optional ones left out keep their values, so that nothing is lost.
         *
         *     **Who:** manager, developer.
         */
        put: operations["tasks_replace"];
        post?: never;
        /**
         * Delete a task and its children
         * @description They are in no list any more; auditors still read the records and their history, and a manager may restore them.
         *
         *     **Who:** manager, developer.
         */
        delete: operations["tasks_delete"];
        options?: never;
        head?: never;
        /**
         * Change a task
         * @description A field left out keeps its value.
         *
         *     **Who:** manager, developer.
         */
        patch: operations["tasks_update"];
        trace?: never;
    };
    "/api/tasks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the history of a task
         * @description Every status change, cascade, re-assignment and escalation, oldest first. Auditors read that of deleted tasks too.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["tasks_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create many tasks
         * @description Up to 1,000, by the same rules as single ones, in one transaction. With `mode=atomic`, the default, all or none: the answer is the problem of the first item that fails, with the `results` of those that fail. With `mode=partial` the others are done. `dry_run=true` does all of it and rolls it back.
         *
         *     **Who:** manager, developer (within working hours).
         */
        post: operations["tasks_bulkCreate"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change fields of many tasks
         * @description Gives up to 1,000 tasks the same new values, by the same rules as single changes, in one transaction. Title and description may have 5,000,000 characters for all tasks together. With `mode=atomic`, the default, all or none: the answer is the problem of the first item that fails, with the `results` of those that fail. With `mode=partial` the others are done. `dry_run=true` does all of it and rolls it back.
         *
         *     **Who:** manager, developer.
         */
        patch: operations["tasks_bulkChange"];
        trace?: never;
    };
    "/api/tasks/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore a deleted task
         * @description Brings back the task and the children that were deleted with it, as they were, with their tags and history. Their assignees are notified. A task whose parent is deleted comes back with the parent.
         *
         *     **Who:** manager.
         */
        post: operations["tasks_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/policy/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain what you, or someone you see, may do with a task
         * @description Judged by the rules that a call is judged by, now or at another time. Changes nothing. A task or user that you do not see is not found.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: it changes nothing.
         */
        post: operations["policy_explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own notifications
         * @description Newest first; live ones come over the WebSocket `/ws/notifications/?token=<access token>`.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["notifications_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/unread_count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count your unread notifications
         * @description **Who:** any signed-in user.
         */
        get: operations["notifications_unreadCount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/mark_all_read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark all of your notifications as read
         * @description **Who:** any signed-in user.
         */
        post: operations["notifications_markAllRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read one of your notifications
         * @description **Who:** any signed-in user.
         */
        get: operations["notifications_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/mark_read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark one of your notifications as read
         * @description **Who:** any signed-in user.
         */
        post: operations["notifications_markRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/socket-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a ticket for the WebSocket
         * @description Opens `/ws/notifications/?ticket=…` once, within 30 seconds. The socket ends with the access token of this request.
         *
         *     **Who:** any signed-in user.
         *
         *     Takes no `Idempotency-Key`: its answer is a secret, which is not stored; get another ticket.
         */
        post: operations["sockettickets_issueSocketTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get figures of your own tasks and of your team
         * @description The team of managers and auditors is everyone, that of developers themselves.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["analytics_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get figures, at their former address
         * @deprecated
         * @description The same as `GET /api/analytics`, for clients that know it by this address.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["analytics_formerOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/team": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get figures of each person
         * @description Everyone with a task that you may see, and the active developers that you may see who have none, by user id. Developers get themselves.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["analytics_team"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/trends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get tasks created, completed and overdue over time
         * @description The tasks that you may see, by days or weeks of your own time zone, daylight saving included. The last 30 days unless given; at most 400 buckets.
         *
         *     **Who:** any signed-in user.
         */
        get: operations["analytics_trends"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        RoleCoverageView: {
            /** @enum {string} */
            role: "manager" | "developer" | "auditor";
            /** @enum {string} */
            within_hours: "all" | "some" | "none";
            /**
             * @description Outside the working hours of the user.
             * @enum {string}
             */
            outside_hours: "all" | "some" | "none";
        };
        RouteRuleView: {
            /**
             * @description Method and path.
             * @example PATCH /api/tasks/{id}
             */
            operation: string;
            /**
             * @description Null where anyone may call it.
             * @example edit tasks
             */
            rule: string | null;
            roles: components["schemas"]["RoleCoverageView"][];
            /**
             * @description Names of what extensions narrow the rule by: a user may see and change less than the role.
             * @example [
             *       "departments"
             *     ]
             */
            narrowed_by: string[];
        };
        PolicyTableView: {
            rules: components["schemas"]["RouteRuleView"][];
        };
        Welcome: {
            /** @example Welcome to CTMS */
            message: string;
            /** @example /docs */
            docs: string;
            /** @example /health */
            health: string;
        };
        Health: {
            /** @example healthy */
            status: string;
            /** @example CTMS */
            app: string;
            /** @example 1.0.0 */
            version: string;
            /** @example development */
            environment: string;
        };
        Standing: {
            /**
             * @description `read_only` where the database can be read but not written.
             * @example ok
             * @enum {string}
             */
            status: "ok" | "read_only";
            /**
             * @description Reason for a status other than `ok`.
             * @example The database can be read but not written
             */
            detail?: string;
        };
        Readiness: {
            /**
             * @description `read_only` where the database can be read but not written.
             * @example ok
             * @enum {string}
             */
            status: "ok" | "read_only";
            /**
             * @description Reason for a status other than `ok`.
             * @example The database can be read but not written
             */
            detail?: string;
            /**
             * @description Migrations that were run but that this release does not know: of a newer release, or of an extension that is gone.
             * @example [
             *       "visits_1770000000000"
             *     ]
             */
            unknown_migrations?: string[];
        };
        RedactedField: {
            /** @example description.after */
            field: string;
            /** @example auditor */
            by: string;
            /** @example manager */
            approved_by: string;
            /** @example Name of a trial subject, typed by accident */
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-03T10:00:00.123456Z
             */
            at: string;
        };
        EntryView: {
            /**
             * Format: int64
             * @example 3000000042
             */
            id: number;
            /**
             * Format: date-time
             * @description With microseconds.
             * @example 2026-11-02T08:15:00.123456Z
             */
            occurred_at: string;
            /**
             * Format: int32
             * @example 2
             */
            actor_id: number | null;
            /**
             * @description As it was at the time.
             * @example developer
             */
            actor_name: string;
            /** @example developer */
            actor_role: string;
            /** @example task.updated */
            action: string;
            /** @example task */
            entity_type: string;
            /**
             * Format: int32
             * @example 3
             */
            entity_id: number | null;
            /**
             * Format: int32
             * @example 2
             */
            entity_version: number | null;
            /**
             * @description The name that people knew it by at the time.
             * @example Verify informed consent forms, site 04
             */
            entity_name: string | null;
            /**
             * @description By field: `[before, after]`.
             * @example {
             *       "status": [
             *         "pending",
             *         "in_progress"
             *       ]
             *     }
             */
            changes: {
                [key: string]: unknown[];
            };
            /** @example Forms arrived from the site */
            reason: string | null;
            /** @example 7e0a7a1e-3b3f-4c53-9d0a-5f0f6f0b8c11 */
            request_id: string | null;
            /**
             * @description The server's own, where the client named the request: others may have given the same name.
             * @example 0b0f6f0c-3d0a-4b53-8d0a-7e0a7a1e5f11
             */
            server_request_id: string | null;
            /**
             * Format: int32
             * @example 7
             */
            session_id: number | null;
            /** @example 203.0.113.7 */
            ip_address: string | null;
            /**
             * Format: date-time
             * @description The last change as the record itself named it at that time.
             * @example 2026-11-02T08:15:00.120Z
             */
            entity_updated_at: string | null;
            /**
             * @description The same for people; times are in UTC.
             * @example asha started \Verify informed consent forms, site 04\
             */
            sentence: string;
            /** @description Values that were taken out and show as null, and on whose word. */
            redacted: components["schemas"]["RedactedField"][];
        };
        RequestView: {
            /** @description Fields, or `***` for a body that was no object; values that are not known to be harmless show as `***`, and so do texts where the request was refused. */
            request_body: ({
                [key: string]: unknown;
            } | null) | string;
            /**
             * Format: int64
             * @example 3000001042
             */
            id: number;
            /**
             * Format: date-time
             * @example 2026-11-02T08:15:00.120Z
             */
            timestamp: string;
            /**
             * Format: int32
             * @example 2
             */
            user_id: number | null;
            /** @example developer */
            username: string | null;
            /** @example PATCH */
            method: string;
            /** @example /api/tasks/3 */
            path: string;
            /** @example TasksController.update */
            operation: string | null;
            /**
             * Format: int32
             * @example 200
             */
            status_code: number;
            /** @example 4.213 */
            duration_ms: number;
            /** @example 203.0.113.7 */
            ip_address: string | null;
            /** @example Mozilla/5.0 */
            user_agent: string | null;
            /** @example 7e0a7a1e-3b3f-4c53-9d0a-5f0f6f0b8c11 */
            request_id: string;
            /**
             * @description The server's own, where the client named the request: others may have given the same name.
             * @example 0b0f6f0c-3d0a-4b53-8d0a-7e0a7a1e5f11
             */
            server_request_id: string | null;
            /**
             * @description Parameters; values that are not known to be harmless, and texts that were looked for, show as `***`.
             * @example null
             */
            query: {
                [key: string]: unknown;
            } | null;
            /**
             * @description Body of an error answer; values that its detail quoted show as `"…"`.
             * @example null
             */
            response_body: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description Number of requests in this line: those beyond a rate limit are counted by user or address, status and code, for a minute.
             * @example 1
             */
            request_count: number;
            /**
             * Format: int32
             * @description Number of bytes that were left out, since the user or address had filled its share of the log in that hour.
             * @example 0
             */
            omitted_bytes: number;
        };
        Beginning: {
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.123456Z
             */
            at: string;
            /**
             * @description As it was printed at the time.
             * @example manager
             */
            by: string;
            /** @example task.created */
            action: string;
        };
        LifeView: {
            /** @description Oldest first. */
            entries: components["schemas"]["EntryView"][];
            /** @example task */
            type: string;
            /**
             * Format: int32
             * @example 3
             */
            id: number;
            /**
             * @description The last name that it was known by.
             * @example Verify informed consent forms, site 04
             */
            name: string | null;
            /**
             * @description The creation of the record; null where it is older than the trail.
             * @example null
             */
            created: components["schemas"]["Beginning"] | null;
            /**
             * @description The last value of each field according to the trail; null where the record is deleted and nothing of it is left.
             * @example {
             *       "title": "Verify informed consent forms, site 04",
             *       "status": "in_progress"
             *     }
             */
            current: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description The last version.
             * @example 2
             */
            version: number | null;
            /**
             * Format: int32
             * @description Over all pages.
             * @example 2
             */
            entry_count: number;
        };
        NewRedaction: {
            /**
             * @description Why; it stays for everybody to read, so it does not repeat what is to go.
             * @example Name of a trial subject, typed by accident
             */
            reason: string;
            /**
             * @description Fields to redact: `reason`, `entity_name`, or a changed field with `.before` or `.after`.
             * @example [
             *       "description.before",
             *       "description.after"
             *     ]
             */
            fields: string[];
        };
        RedactionView: {
            /**
             * Format: int32
             * @example 1
             */
            id: number;
            /**
             * Format: int64
             * @example 3000000042
             */
            entry_id: number;
            /**
             * @example [
             *       "description.before",
             *       "description.after"
             *     ]
             */
            fields: string[];
            /** @example Name of a trial subject, typed by accident */
            reason: string;
            /**
             * @example pending
             * @enum {string}
             */
            status: "pending" | "approved" | "declined" | "lapsed";
            /**
             * Format: int32
             * @example 3
             */
            requested_by_id: number;
            /**
             * @description As it was at the time.
             * @example auditor
             */
            requested_by: string;
            /**
             * Format: date-time
             * @example 2026-11-02T08:15:00.123Z
             */
            requested_at: string;
            /**
             * Format: int32
             * @description Null until the decision.
             * @example 4
             */
            decided_by_id: number | null;
            /** @example manager */
            decided_by: string | null;
            /**
             * Format: date-time
             * @example 2026-11-02T09:05:00.456Z
             */
            decided_at: string | null;
            /**
             * Format: date-time
             * @description When the values went; null as long as they are there.
             * @example 2026-11-02T09:05:00.457Z
             */
            applied_at: string | null;
        };
        Registration: {
            /**
             * @description Letters of one script, digits and `@ . + - _`, at least one letter or digit; unique without regard to case, and to letters that
             *     look alike.
             * @example asha
             */
            username: string;
            /**
             * Format: email
             * @example asha@example.org
             */
            email: string;
            /**
             * @description 8 to 100 characters; not a common one, not digits only, not close to the name or address. Needed, unless
             *     `SIGN_UP_PASSWORD=confirmation` has it chosen at the link.
             * @example correct horse battery
             */
            password?: string;
            /**
             * @description The IANA zone in which working hours are counted.
             * @example Asia/Kolkata
             */
            timezone?: string;
        };
        Registered: {
            /** @example User registered. Verify email to activate account. */
            message: string;
            /**
             * @description The token, in development only; otherwise it travels by e-mail alone.
             * @example null
             */
            verification_token: string | null;
        };
        Verification: {
            /** @example pQ3… */
            token: string;
            /**
             * @description The password of a new account: needed where none was chosen at sign-up; replaces the one that was.
             * @example correct horse battery
             */
            password?: string;
        };
        Message: {
            /** @example Email verified successfully */
            message: string;
        };
        Address: {
            /**
             * Format: email
             * @example asha@example.org
             */
            email: string;
        };
        Detail: {
            /** @example Logged out successfully */
            detail: string;
        };
        Credentials: {
            /** @example manager */
            username: string;
            /** @example trial-demo-2026 */
            password: string;
            /**
             * @description Second factor, where the account has one: the code of the authenticator, or a recovery code.
             * @example 492039
             */
            second_factor_code?: string;
        };
        AccessToken: {
            /**
             * @description The access token, for `Authorization: Bearer …`.
             * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.…
             */
            access: string;
            /** @example bearer */
            token_type: string;
        };
        SessionView: {
            /**
             * Format: int32
             * @example 7
             */
            id: number;
            /** @example Firefox on Linux */
            device: string;
            /** @example 203.0.113.7 */
            ip_address: string | null;
            /** @example Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 */
            user_agent: string | null;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-02T09:12:00.000Z
             */
            last_used_at: string;
            /** @description True for the session of this request. */
            current: boolean;
        };
        PasswordChange: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @example trial-demo-2026 */
            old_password: string;
            /** @example a much better one */
            new_password: string;
        };
        PasswordReset: {
            /** @example pQ3… */
            token: string;
            /** @example a much better one */
            new_password: string;
        };
        UserView: {
            /**
             * Format: int32
             * @example 2
             */
            id: number;
            /** @example developer */
            username: string;
            /**
             * Format: email
             * @example developer@example.org
             */
            email: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "manager" | "developer" | "auditor";
            /** @example Asia/Kolkata */
            timezone: string;
            email_verified: boolean;
            is_active: boolean;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            last_login: string | null;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            created_at: string;
        };
        OwnPatch: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description A developer's time zone decides their working hours, so only a manager changes it.
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * Format: email
             * @description Replaces the present address once you have verified it.
             * @example asha@example.org
             */
            email?: string;
            /**
             * @description Required for a new address where `PASSWORD_CONFIRMATION_FOR` says so. A wrong one is always rejected.
             * @example trial-demo-2026
             */
            current_password?: string;
        };
        OwnUser: {
            /**
             * Format: int32
             * @example 2
             */
            id: number;
            /** @example developer */
            username: string;
            /**
             * Format: email
             * @example developer@example.org
             */
            email: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "manager" | "developer" | "auditor";
            /** @example Asia/Kolkata */
            timezone: string;
            email_verified: boolean;
            is_active: boolean;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            last_login: string | null;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            created_at: string;
            /**
             * @description The verification token of a new address, in development only.
             * @example pQ3…
             */
            verification_token?: string;
        };
        SecondFactorStatus: {
            /** @description True where a log-in needs a code. */
            active: boolean;
            /**
             * Format: date-time
             * @description Time of activation.
             * @example null
             */
            since: string | null;
            /** @description True where a set-up was started and not confirmed. */
            unconfirmed: boolean;
            /** @description True where the role requires one: without it, you can use your own account only. */
            required: boolean;
            /**
             * Format: int32
             * @example 10
             */
            recovery_codes_left: number;
        };
        SecondFactorStart: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @example trial-demo-2026 */
            current_password: string;
        };
        SecondFactorSecret: {
            /**
             * @description In base32, to be typed into an authenticator.
             * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
             */
            secret: string;
            /**
             * @description The same as the content of a QR code.
             * @example otpauth://totp/CTMS:manager?issuer=CTMS&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30
             */
            uri: string;
        };
        SecondFactorConfirmation: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description Code of the authenticator.
             * @example 492039
             */
            code: string;
        };
        RecoveryCodes: {
            /**
             * @description Each signs in once in place of a code. They are not shown again.
             * @example [
             *       "JBSWY3-DPEHPK-3PXPJB-SWY3DP"
             *     ]
             */
            recovery_codes: string[];
        };
        SecondFactorProof: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @example trial-demo-2026 */
            current_password: string;
            /**
             * @description Code of the authenticator, or a recovery code.
             * @example 492039
             */
            code: string;
        };
        ZoneRequest: {
            /**
             * Format: int32
             * @example 7
             */
            id: number;
            /** @example asha */
            username: string;
            /**
             * Format: email
             * @example asha@example.org
             */
            email: string;
            /**
             * @description The time zone in use.
             * @example Asia/Kolkata
             */
            timezone: string;
            /** @example Europe/Berlin */
            requested_timezone: string;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            created_at: string;
        };
        UserPatch: {
            /**
             * @description The reason, kept in the audit trail. Every change needs one, here or in the header `X-Change-Reason`.
             * @example Moved to the audit team
             */
            reason?: string;
            /**
             * @example auditor
             * @enum {string}
             */
            role?: "manager" | "developer" | "auditor";
            is_active?: boolean;
            /** @example Europe/Berlin */
            timezone?: string;
            /**
             * @description Your own password. Required where `PASSWORD_CONFIRMATION_FOR` says so. A wrong one is always rejected.
             * @example trial-demo-2026
             */
            current_password?: string;
        };
        OpenTask: {
            /**
             * @example in_progress
             * @enum {string}
             */
            status: "pending" | "in_progress" | "blocked" | "completed";
            /**
             * @example high
             * @enum {string}
             */
            priority: "low" | "medium" | "high" | "critical";
            /**
             * Format: int32
             * @example 3
             */
            id: number;
            /** @example Verify informed consent forms, site 04 */
            title: string;
            /**
             * Format: date-time
             * @example 2027-03-01T09:30:00.000Z
             */
            deadline: string;
        };
        ChangedUser: {
            /**
             * Format: int32
             * @example 2
             */
            id: number;
            /** @example developer */
            username: string;
            /**
             * Format: email
             * @example developer@example.org
             */
            email: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "manager" | "developer" | "auditor";
            /** @example Asia/Kolkata */
            timezone: string;
            email_verified: boolean;
            is_active: boolean;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            last_login: string | null;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            date_joined: string;
            /**
             * Format: date-time
             * @example 2026-01-12T06:30:00.000Z
             */
            created_at: string;
            /** @description Open tasks of a disabled user to reassign: the first 100 by deadline. `GET /api/tasks?assigned_to=…` lists all. */
            open_tasks?: components["schemas"]["OpenTask"][];
            /**
             * Format: int32
             * @description The number of open tasks.
             * @example 1
             */
            open_tasks_total?: number;
        };
        TagView: {
            /**
             * Format: int32
             * @example 1
             */
            id: number;
            /** @example informed-consent */
            name: string;
        };
        NewTag: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description Unique, ignoring case.
             * @example site-audit
             */
            name: string;
        };
        TaskView: {
            /**
             * Format: int32
             * @example 3
             */
            id: number;
            /** @example Verify informed consent forms, site 04 */
            title: string;
            /** @example Check signatures and versions of all forms of the last visit. */
            description: string;
            /**
             * @example in_progress
             * @enum {string}
             */
            status: "pending" | "in_progress" | "blocked" | "completed";
            /**
             * @example high
             * @enum {string}
             */
            priority: "low" | "medium" | "high" | "critical";
            /**
             * @description Exact decimal with two places.
             * @example 8.00
             */
            estimated_hours: string;
            /** @example 3.50 */
            actual_hours: string | null;
            /**
             * Format: date-time
             * @example 2027-03-01T09:30:00.000Z
             */
            deadline: string;
            /** @description True once the approaching deadline has raised the priority. */
            priority_escalated: boolean;
            /**
             * Format: int32
             * @description Id of the assignee.
             * @example 2
             */
            assigned_to: number;
            /** @example developer */
            assigned_to_user: string;
            /**
             * Format: int32
             * @example 1
             */
            created_by: number;
            /** @example manager */
            created_by_user: string;
            /**
             * Format: int32
             * @example 1
             */
            parent_task: number | null;
            /**
             * @description Ids of tags.
             * @example [
             *       1
             *     ]
             */
            tags: number[];
            /**
             * Format: int32
             * @description Number of the version, the `ETag` of the task.
             * @example 1
             */
            version: number;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-02T08:00:00.000Z
             */
            updated_at: string;
            /**
             * @description With `include=allowed_actions`: what you may do with the task now; `assign` is giving it to someone else. A call is
             *     also judged for the tasks that change with it, such as the children of a deleted task.
             * @example [
             *       "see",
             *       "edit",
             *       "delete"
             *     ]
             */
            allowed_actions?: ("see" | "edit" | "delete" | "assign")[];
        };
        NewTask: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @example Verify informed consent forms, site 04 */
            title: string;
            /** @example Check signatures and versions of all forms of the last visit. */
            description?: string;
            /**
             * @example pending
             * @enum {string}
             */
            status?: "pending" | "in_progress" | "blocked" | "completed";
            /**
             * @example high
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Hours from 0 to 9999.99 with at most two places, as a number or a numeric string.
             * @example 8.00
             */
            estimated_hours: string;
            /** @example null */
            actual_hours?: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 with any offset; without an offset it is read as UTC.
             * @example 2027-03-01T09:30:00Z
             */
            deadline: string;
            /**
             * Format: int32
             * @description Id of the assignee. Developers assign tasks to themselves.
             * @example 2
             */
            assigned_to: number;
            /**
             * Format: int32
             * @example null
             */
            parent_task?: number | null;
            /**
             * @description Ids of tags.
             * @example [
             *       1
             *     ]
             */
            tags?: number[];
        };
        BulkUpdate: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description At most 1,000 ids; duplicates count once.
             * @example [
             *       1,
             *       2
             *     ]
             */
            task_ids: number[];
            /**
             * @example in_progress
             * @enum {string}
             */
            status: "pending" | "in_progress" | "blocked" | "completed";
        };
        BulkUpdated: {
            /**
             * Format: int32
             * @example 2
             */
            updated_count: number;
            /** @example 2 tasks updated successfully. */
            detail: string;
        };
        TaskPatch: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @example Verify informed consent forms, site 04 */
            title?: string;
            /** @example Check signatures and versions of all forms of the last visit. */
            description?: string;
            /**
             * @example pending
             * @enum {string}
             */
            status?: "pending" | "in_progress" | "blocked" | "completed";
            /**
             * @example high
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Hours from 0 to 9999.99 with at most two places, as a number or a numeric string.
             * @example 8.00
             */
            estimated_hours?: string;
            /** @example null */
            actual_hours?: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 with any offset; without an offset it is read as UTC.
             * @example 2027-03-01T09:30:00Z
             */
            deadline?: string;
            /**
             * Format: int32
             * @description Id of the assignee. Developers assign tasks to themselves.
             * @example 2
             */
            assigned_to?: number;
            /**
             * Format: int32
             * @example null
             */
            parent_task?: number | null;
            /**
             * @description Ids of tags.
             * @example [
             *       1
             *     ]
             */
            tags?: number[];
        };
        HistoryView: {
            /**
             * Format: int64
             * @example 3000000012
             */
            id: number;
            /**
             * Format: int32
             * @example 3
             */
            task_id: number;
            /** @example status_changed */
            action: string;
            /**
             * @example pending
             * @enum {string|null}
             */
            from_status: "pending" | "in_progress" | "blocked" | "completed" | null;
            /**
             * @example in_progress
             * @enum {string|null}
             */
            to_status: "pending" | "in_progress" | "blocked" | "completed" | null;
            /**
             * Format: int32
             * @description Id of the user; null where a job of the product made the change.
             * @example 2
             */
            changed_by: number | null;
            /**
             * @description Changes by field: `[before, after]`.
             * @example {
             *       "status": [
             *         "pending",
             *         "in_progress"
             *       ]
             *     }
             */
            changes: {
                [key: string]: unknown[];
            };
            /** @example Forms arrived from the site */
            reason: string | null;
            /**
             * Format: date-time
             * @example 2026-11-02T08:15:00.000Z
             */
            timestamp: string;
        };
        NewTaskItem: {
            /** @example Verify informed consent forms, site 04 */
            title: string;
            /** @example Check signatures and versions of all forms of the last visit. */
            description?: string;
            /**
             * @example pending
             * @enum {string}
             */
            status?: "pending" | "in_progress" | "blocked" | "completed";
            /**
             * @example high
             * @enum {string}
             */
            priority?: "low" | "medium" | "high" | "critical";
            /**
             * @description Hours from 0 to 9999.99 with at most two places, as a number or a numeric string.
             * @example 8.00
             */
            estimated_hours: string;
            /** @example null */
            actual_hours?: string | null;
            /**
             * Format: date-time
             * @description ISO 8601 with any offset; without an offset it is read as UTC.
             * @example 2027-03-01T09:30:00Z
             */
            deadline: string;
            /**
             * Format: int32
             * @description Id of the assignee. Developers assign tasks to themselves.
             * @example 2
             */
            assigned_to: number;
            /**
             * Format: int32
             * @example null
             */
            parent_task?: number | null;
            /**
             * @description Ids of tags.
             * @example [
             *       1
             *     ]
             */
            tags?: number[];
        };
        NewTasks: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /** @description 1 to 1,000 tasks. Each is validated by itself. */
            tasks: components["schemas"]["NewTaskItem"][];
        };
        BulkFieldError: {
            /** @example title */
            field: string;
            /** @example required */
            code: string;
            /** @example title is required */
            message: string;
        };
        BulkItemProblem: {
            /** @example urn:ctms:problem:assignee_not_found */
            type: string;
            /** @example No such assignee */
            title: string;
            /**
             * Format: int32
             * @example 404
             */
            status: number;
            /** @example Assigned user 77 not found */
            detail: string;
            /** @example assignee_not_found */
            code: string;
            errors?: components["schemas"]["BulkFieldError"][];
        };
        BulkItem: {
            /**
             * Format: int32
             * @description Place in the list of the request, from 0.
             * @example 0
             */
            index: number;
            /**
             * Format: int32
             * @description Id of the task; null where none was created.
             * @example 3
             */
            id: number | null;
            /**
             * Format: int32
             * @description Status that a single call would have answered.
             * @example 200
             */
            status: number;
            /**
             * Format: int32
             * @description Version of the task after the change; null where there is none.
             * @example 2
             */
            version: number | null;
            problem?: components["schemas"]["BulkItemProblem"];
        };
        BulkResult: {
            /**
             * @example partial
             * @enum {string}
             */
            mode: "atomic" | "partial";
            /** @description True where nothing was changed. */
            dry_run: boolean;
            /**
             * Format: int32
             * @example 2
             */
            succeeded_count: number;
            /**
             * Format: int32
             * @example 0
             */
            failed_count: number;
            /** @description One result per item, in the order of the request. */
            results: components["schemas"]["BulkItem"][];
        };
        TaskChanges: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description At most 1,000 ids; duplicates count once.
             * @example [
             *       1,
             *       2
             *     ]
             */
            task_ids: number[];
            /**
             * @description Fields that each of the tasks takes; those left out keep their values.
             * @example {
             *       "priority": "high"
             *     }
             */
            changes: components["schemas"]["TaskPatch"];
        };
        PolicyQuestion: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
            /**
             * @description `see`, `edit` and `delete` concern a task; `create` a new task, and `assign` giving a task to `assigned_to`.
             * @example edit
             * @enum {string}
             */
            action: "see" | "create" | "edit" | "delete" | "assign";
            /**
             * Format: int32
             * @description Required for every action but `create`.
             * @example 1
             */
            task?: number;
            /**
             * Format: int32
             * @description The user to decide for; yourself where left out.
             * @example 2
             */
            user?: number;
            /**
             * Format: int32
             * @description The assignee that a new task or an assignment would have; the user where left out.
             * @example 2
             */
            assigned_to?: number;
            /**
             * Format: date-time
             * @description The time to decide for; now where left out.
             * @example 2026-03-02T06:30:00Z
             */
            at?: string;
        };
        WorkingHours: {
            /** @example 09:00 */
            start: string;
            /** @example 18:00 */
            end: string;
        };
        DecisionTask: {
            /**
             * Format: int32
             * @example 1
             */
            id: number | null;
            /**
             * Format: int32
             * @example 2
             */
            assigned_to: number;
            /** @enum {string} */
            priority: "low" | "medium" | "high" | "critical";
        };
        DecisionFacts: {
            /**
             * Format: int32
             * @example 2
             */
            user: number;
            /** @enum {string} */
            role: "manager" | "developer" | "auditor";
            /** @example Asia/Kolkata */
            time_zone: string;
            /**
             * Format: date-time
             * @example 2026-03-02T06:30:00.000Z
             */
            at: string;
            /**
             * @description Wall clock of the user.
             * @example 2026-03-02T12:00
             */
            local_time: string;
            /** @description True within the user's working hours. */
            at_work: boolean;
            working_hours: components["schemas"]["WorkingHours"];
            /** @description Left out where the decision concerns no task, or one that you do not see. */
            task?: components["schemas"]["DecisionTask"];
        };
        PolicyDecision: {
            allowed: boolean;
            /**
             * @description Verb and object of the rule.
             * @example edit tasks
             */
            rule: string;
            /**
             * @description The problem code that a call would be answered with.
             * @example outside_working_hours
             */
            code: string | null;
            /** @example You may edit tasks within your working hours only */
            detail: string | null;
            /**
             * Format: date-time
             * @description From when on the user's working hours allow it.
             * @example 2026-03-03T03:30:00.000Z
             */
            allowed_from: string | null;
            /**
             * @description Roles that may do this, at some time, with a task in this relation to the user.
             * @example [
             *       "manager",
             *       "developer"
             *     ]
             */
            allowed_roles: ("developer" | "manager" | "auditor")[];
            facts: components["schemas"]["DecisionFacts"];
        };
        NotificationView: {
            /**
             * Format: int32
             * @example 21
             */
            id: number;
            /**
             * Format: int32
             * @example 2
             */
            user_id: number;
            /**
             * Format: int32
             * @description Id of the task, as `task_id`.
             * @example 3
             */
            task: number | null;
            /**
             * Format: int32
             * @example 3
             */
            task_id: number | null;
            /**
             * @description Null where you cannot see the task any more.
             * @example Verify informed consent forms, site 04
             */
            task_title: string | null;
            /**
             * @description Current status of the task; null where you cannot see the task any more.
             * @example in_progress
             * @enum {string|null}
             */
            task_status: "pending" | "in_progress" | "blocked" | "completed" | null;
            /**
             * @example task_assigned
             * @enum {string}
             */
            notification_type: "status_change" | "deadline_warning" | "task_assigned" | "task_unassigned" | "priority_escalated";
            /** @example manager gave you the task \Verify informed consent forms, site 04\ */
            message: string;
            read: boolean;
            /** @description True once it was written to one of your sockets. */
            is_delivered: boolean;
            /**
             * Format: date-time
             * @example 2026-11-02T08:15:00.000Z
             */
            created_at: string;
        };
        UnreadCount: {
            /**
             * Format: int32
             * @example 4
             */
            count: number;
        };
        MarkedRead: {
            /** @example notification marked as read */
            status: string;
        };
        SocketTicket: {
            /** @example pQ3… */
            ticket: string;
            /**
             * Format: int32
             * @description Validity in seconds.
             * @example 30
             */
            expires_in: number;
        };
        StatusCounts: {
            /**
             * Format: int32
             * @example 4
             */
            pending: number;
            /**
             * Format: int32
             * @example 2
             */
            in_progress: number;
            /**
             * Format: int32
             * @example 1
             */
            blocked: number;
            /**
             * Format: int32
             * @example 5
             */
            completed: number;
        };
        OwnFigures: {
            /**
             * Format: int32
             * @example 12
             */
            total: number;
            /**
             * Format: int32
             * @example 5
             */
            completed: number;
            /**
             * Format: int32
             * @example 4
             */
            pending: number;
            /**
             * Format: int32
             * @example 2
             */
            in_progress: number;
            /**
             * Format: int32
             * @example 1
             */
            blocked: number;
            by_status: components["schemas"]["StatusCounts"];
            /**
             * Format: int32
             * @description Past their deadline and not completed.
             * @example 1
             */
            overdue_count: number;
            /**
             * @description Average of the actual hours over completed tasks that have them, as text; null where there are none.
             * @example 12.50 hours
             */
            avg_completion_time: string | null;
        };
        PriorityCounts: {
            /**
             * Format: int32
             * @example 3
             */
            low: number;
            /**
             * Format: int32
             * @example 6
             */
            medium: number;
            /**
             * Format: int32
             * @example 2
             */
            high: number;
            /**
             * Format: int32
             * @example 1
             */
            critical: number;
        };
        BlockedTask: {
            /**
             * Format: int32
             * @example 3
             */
            id: number;
            /** @example Verify informed consent forms, site 04 */
            title: string;
            /**
             * Format: int32
             * @description Id of the assignee.
             * @example 2
             */
            assigned_to: number;
        };
        TeamFigures: {
            /**
             * Format: int32
             * @example 12
             */
            total: number;
            /**
             * Format: int32
             * @example 5
             */
            completed: number;
            priority_distribution: components["schemas"]["PriorityCounts"];
            /** @description All blocked tasks of the team, by id, or the first `blocked_limit`. */
            blocked_tasks_needing_attention: components["schemas"]["BlockedTask"][];
        };
        Overview: {
            my_tasks: components["schemas"]["OwnFigures"];
            team_tasks: components["schemas"]["TeamFigures"];
            /**
             * @description Score of your own tasks, from 0 to 100 with two places: completion rate × 0.6 + time efficiency × 0.4. Time efficiency is
             *     the estimated in percent of the actual hours, at most 100, of completed tasks with actual hours; where there are
             *     none, the completion rate alone counts.
             * @example 65.83
             */
            efficiency_score: number;
        };
        MemberFigures: {
            /**
             * Format: int32
             * @example 2
             */
            user_id: number;
            /** @example developer */
            username: string;
            /**
             * @example developer
             * @enum {string}
             */
            role: "manager" | "developer" | "auditor";
            /** @example true */
            is_active: boolean;
            /**
             * Format: int32
             * @example 12
             */
            total: number;
            by_status: components["schemas"]["StatusCounts"];
            /**
             * @description Completed tasks in percent of all, with two places; 0 without tasks.
             * @example 41.67
             */
            completion_rate: number;
            /**
             * Format: int32
             * @example 1
             */
            overdue_count: number;
            /**
             * @description Sum of the estimated hours over all these tasks.
             * @example 96.00
             */
            estimated_hours: string;
            /**
             * @description Sum of the actual hours over those of these tasks that have them.
             * @example 62.50
             */
            actual_hours: string;
            /**
             * @description Score as in the overview, for this person's tasks.
             * @example 65.83
             */
            efficiency_score: number;
        };
        TrendBucket: {
            /**
             * Format: date
             * @description The first day, in your time zone.
             * @example 2026-11-02
             */
            start: string;
            /**
             * Format: int32
             * @example 3
             */
            created: number;
            /**
             * Format: int32
             * @example 2
             */
            completed: number;
            /**
             * Format: int32
             * @description Past their deadline and not completed when the bucket ends, or now if it has not ended; 0 in the future.
             * @example 1
             */
            overdue: number;
            /**
             * @description Completed per day of the bucket, with two places.
             * @example 1.71
             */
            throughput: number;
        };
        Trends: {
            /**
             * Format: date
             * @example 2026-11-02
             */
            from: string;
            /**
             * Format: date
             * @example 2026-11-08
             */
            to: string;
            /**
             * @example day
             * @enum {string}
             */
            bucket: "day" | "week";
            /** @description Without gaps, whole ones: the first is that of `from`, the last that of `to`. */
            buckets: components["schemas"]["TrendBucket"][];
        };
        /** @description RFC 9457. `code` is stable; `detail` is one readable sentence. */
        Problem: {
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail: string;
            instance: string;
            code: string;
            request_id: string;
            /** @description The server's own id of the request, where the client sent `X-Request-Id` */
            server_request_id?: string;
            errors?: {
                field: string;
                code: string;
                message: string;
            }[];
            /** @description With `challenge_required`: the question, such as `3 + 4` */
            captcha?: string;
            /**
             * Format: date-time
             * @description With `outside_working_hours`: when it will be allowed
             */
            allowed_from?: string;
            /**
             * Format: int32
             * @description With a 412: the version that the record has
             */
            current_version?: number;
            /** @description With `stale_version`: the fields that changed since the version that was sent, each with its last change. Read from the audit trail, of the fields that you may read; empty where that version never was. */
            changed_fields?: {
                field: string;
                /** Format: int32 */
                version: number;
                /**
                 * Format: int32
                 * @description Null where a job of the product made the change
                 * @example 2
                 */
                changed_by: number | null;
                changed_by_user: string;
                /** Format: date-time */
                changed_at: string;
            }[];
            /** @description With the first fault of an atomic change of many tasks: the items that fail, at most 100 */
            results?: components["schemas"]["BulkItem"][];
            /** @description With a 403 of a rule: the rule, and the facts that it looked at */
            decision?: components["schemas"]["PolicyDecision"];
        } & {
            [key: string]: unknown;
        };
        ChangeReasonOnly: {
            /**
             * @description Reason for the change, recorded in the audit trail. Takes precedence over the header `X-Change-Reason`.
             * @example
             */
            reason?: string;
        };
    };
    responses: never;
    parameters: {
        /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
        ChangeReason: string;
        /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /** @description Id of this request in the logs; that of the request if it has one */
        "X-Request-Id": string;
        /** @description The server's own id of the request, where the client sent `X-Request-Id` */
        "X-Server-Request-Id": string;
        /** @description Duration of the request in seconds */
        "X-Process-Time": string;
        /** @description A new access token, where the one sent expires within two minutes */
        "X-New-Access-Token": string;
        /** @description `true` where this is the answer to an earlier attempt, which had the same `Idempotency-Key` */
        IdempotencyReplayed: "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    policy_table: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyTableView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_welcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Welcome"];
                };
            };
            /** @description Redirects browsers to Swagger UI */
            303: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Standing"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_ready`: Not ready to serve; `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_entries: {
        parameters: {
            query?: {
                /** @description At this time or later; a date alone is that whole day in your time zone. */
                from?: string;
                /** @description Before this time; a date alone is that whole day in your time zone, included. */
                to?: string;
                /** @description Names of changed fields, such as `deadline`; a change of any of them counts. */
                field?: string[];
                /** @description Text in the reason, without regard to case. */
                reason?: string;
                /** @description Text in the names of record and actor, in the reason or in a changed value, without regard to case. */
                q?: string;
                /** @description Ids of sessions. */
                session?: number[];
                /** @description Ids of users. */
                actor?: number[];
                /** @description Such as `task.updated`. */
                action?: string[];
                /** @description Such as `task`, `user`, `session`, `tag`. */
                entity_type?: string[];
                entity_id?: number[];
                /** @description The name that the client gave the request, or the server's own. */
                request_id?: string;
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_exportEntries: {
        parameters: {
            query?: {
                /** @description At this time or later; a date alone is that whole day in your time zone. */
                from?: string;
                /** @description Before this time; a date alone is that whole day in your time zone, included. */
                to?: string;
                format?: "ndjson" | "csv";
                /** @description Names of changed fields, such as `deadline`; a change of any of them counts. */
                field?: string[];
                /** @description Text in the reason, without regard to case. */
                reason?: string;
                /** @description Text in the names of record and actor, in the reason or in a changed value, without regard to case. */
                q?: string;
                /** @description Ids of sessions. */
                session?: number[];
                /** @description Ids of users. */
                actor?: number[];
                /** @description Such as `task.updated`. */
                action?: string[];
                /** @description Such as `task`, `user`, `session`, `tag`. */
                entity_type?: string[];
                entity_id?: number[];
                /** @description The name that the client gave the request, or the server's own. */
                request_id?: string;
                /** @description `true` starts the file with a byte order mark, without which spreadsheets misread UTF-8; CSV only. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_requests: {
        parameters: {
            query?: {
                /** @description At this time or later; a date alone is that whole day in your time zone. */
                from?: string;
                /** @description Before this time; a date alone is that whole day in your time zone, included. */
                to?: string;
                /** @description Ids of users. */
                actor?: number[];
                /** @description Such as `POST`. */
                method?: string[];
                /** @description Addresses that start so. */
                path?: string;
                status_code?: number[];
                /** @description The name that the client gave the request, or the server's own. */
                request_id?: string;
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit_exportRequests: {
        parameters: {
            query?: {
                /** @description At this time or later; a date alone is that whole day in your time zone. */
                from?: string;
                /** @description Before this time; a date alone is that whole day in your time zone, included. */
                to?: string;
                format?: "ndjson" | "csv";
                /** @description Ids of users. */
                actor?: number[];
                /** @description Such as `POST`. */
                method?: string[];
                /** @description Addresses that start so. */
                path?: string;
                status_code?: number[];
                /** @description The name that the client gave the request, or the server's own. */
                request_id?: string;
                /** @description `true` starts the file with a byte order mark, without which spreadsheets misread UTF-8; CSV only. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lives_life: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path: {
                id: number;
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LifeView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_entries`: The audit trail knows nothing of this record; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    evidence_take: {
        parameters: {
            query?: {
                /** @description Of entries at this time or later; a date alone is that whole day in your time zone. */
                from?: string;
                /** @description Of entries before this time; a date alone is that whole day in your time zone, included. */
                to?: string;
                /** @description Of these records only, such as `task:7`. Without it the bundle has every entry between its first and its last. */
                entity?: string[];
                /**
                 * @description Sizes of trees whose checkpoint another party holds, such as one that was mailed: the bundle proves that its tree began as
                 *     each of them. Those of the last thousand bundles, and of the last one of each day, are there anyway.
                 */
                extends?: number[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_sealed_yet`: The audit trail is not sealed up to now yet; try again shortly; `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redactions_request: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRedaction"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedactionView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `entry_not_found`: No such audit entry; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_pending`: A redaction of this entry is waiting for a decision; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_to_redact`: The entry has no value there; `not_redactable`: Entries about keys, exports, redactions and appointments cannot be redacted; `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redactions_page: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
                /** @description Any of them. */
                status?: ("pending" | "approved" | "declined" | "lapsed")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedactionView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redactions_approve: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedactionView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_redaction`: You cannot decide on a redaction that you requested; `not_independent`: The requester and the approver must owe their roles to different people; `appointed_recently`: A participant of this redaction was appointed too recently; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_not_found`: No such redaction; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_decided`: This redaction was decided already; `redaction_lapsed`: The requester of this redaction is no longer an active auditor; `redaction_unproven`: Nothing proves that this request came through this installation; decline it and ask again; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_key_unknown`: The database does not know the key of this server; its owner has to migrate; `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redactions_decline: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedactionView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_redaction`: You cannot decide on a redaction that you requested; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_not_found`: No such redaction; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `redaction_decided`: This redaction was decided already; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registration_register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description `username_taken`: Username already registered; `email_taken`: Email already registered; `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `username_confusable`: Username looks like one that is registered already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registration_verifyEmail: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Verification"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `invalid_verification_token`: Invalid or expired verification token; `username_taken`: Username already registered; `email_taken`: Email already registered; `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `username_confusable`: Username looks like one that is registered already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registration_resendVerification: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Address"];
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_login: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description `refresh_token` and `device_id`, HTTP-only */
                    "Set-Cookie"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            /** @description `session_limit`: You are signed in on as many devices as allowed; `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_credentials`: Incorrect username or password; `second_factor_required`: This account has a second factor: repeat the login with second_factor_code, from your authenticator or a recovery code; `wrong_second_factor`: The code of the second factor is wrong, too old, or was used before */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `email_not_verified`: Email not verified; `user_inactive`: Inactive user; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_locked`: Too many wrong codes: use a recovery code, or try again later; `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_refresh: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description `refresh_token` and `device_id`, HTTP-only */
                    "Set-Cookie"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_refresh_token`: The refresh token is missing, invalid or expired; sign in again; `refresh_token_reused`: The refresh token was used before; for safety the session is ended, sign in again; `session_replaced`: This device was signed out, since the account signed in on more devices than allowed */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_logoutAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_listSessions: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auth_endSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `session_not_found`: No such session; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    password_changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description `refresh_token` and `device_id`, HTTP-only */
                    "Set-Cookie"?: string;
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_password`: The old password is not right; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    password_forgot: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Address"];
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    password_resetPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Detail"];
                };
            };
            /** @description `invalid_reset_token`: Invalid or expired reset token; `username_taken`: Username already registered; `email_taken`: Email already registered; `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `username_confusable`: Username looks like one that is registered already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_readOwn: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 304 without a body if the record has not changed since */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description Not changed since it was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_updateOwn: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnUser"];
                };
            };
            /** @description `email_taken`: Email already registered; `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `zone_is_managed`: Your working hours follow from your time zone, so only a manager changes it; `wrong_password`: The old password is not right; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `password_required`: Give your current password to change this; `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secondfactor_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorStatus"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secondfactor_start: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorStart"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorSecret"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_password`: The old password is not right; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_active`: This account has a second factor already; remove it first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secondfactor_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorProof"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_password`: The old password is not right; `wrong_code`: The code is wrong, too old, or was used before; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_inactive`: This account has no second factor; set one up first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_locked`: Too many wrong codes: use a recovery code, or try again later; `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secondfactor_confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorConfirmation"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description `refresh_token` and `device_id`, HTTP-only */
                    "Set-Cookie"?: string;
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_code`: The code is wrong, too old, or was used before; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_active`: This account has a second factor already; remove it first; `second_factor_inactive`: This account has no second factor; set one up first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_locked`: Too many wrong codes: use a recovery code, or try again later; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    secondfactor_replaceRecoveryCodes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecondFactorProof"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wrong_password`: The old password is not right; `wrong_code`: The code is wrong, too old, or was used before; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_inactive`: This account has no second factor; set one up first */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `second_factor_locked`: Too many wrong codes: use a recovery code, or try again later; `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_list: {
        parameters: {
            query?: {
                /** @description As it was at this time, for managers and auditors; deleted records are there if they existed then. A day alone is its midnight in UTC. */
                as_of?: string;
                /** @description Roles, any of which matches. */
                role?: ("manager" | "developer" | "auditor")[];
                /** @description Text in username or e-mail address, ignoring case. */
                q?: string;
                is_active?: boolean;
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_listZoneRequests: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ZoneRequest"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_read: {
        parameters: {
            query?: {
                /** @description As it was at this time, for managers and auditors; deleted records are there if they existed then. A day alone is its midnight in UTC. */
                as_of?: string;
            };
            header?: {
                /** @description The `ETag` that was read, or several; 304 without a body if the record has not changed since */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description Not changed since it was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_not_found`: No such user; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    users_update: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Only where an earlier attempt was refused with `challenge_required`: the answer to its `captcha`, such as `7` to `3 + 4` */
                "X-Captcha-Answer"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedUser"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `own_role`: You cannot change your own role; `auditor_appointment`: Auditors are appointed by the command user:create; `wrong_password`: The old password is not right; `challenge_required`: Too many failed logins: answer the question to go on; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `user_not_found`: No such user; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `last_manager`: The last active manager can be neither demoted nor disabled; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `nothing_to_change`: The body names nothing to change; `password_required`: Give your current password to change this; `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `login_too_soon`: Too many failed logins: wait before you try again; `login_locked`: Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password; `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tags_list: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tags_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTag"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tag_exists`: There is a tag of this name already; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tags_read: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 304 without a body if the record has not changed since */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            /** @description Not changed since it was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_tag`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tags_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_tag`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tag_in_use`: Tasks have this tag; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tags_rename: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTag"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_such_tag`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `tag_exists`: There is a tag of this name already; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_list: {
        parameters: {
            query?: {
                /** @description Deadlines earlier than this; a date alone is that whole day in your time zone, included. */
                deadline_before?: string;
                /** @description Deadlines at this time or later; a date alone is that whole day in your time zone. */
                deadline_after?: string;
                /** @description As it was at this time, for managers and auditors; deleted records are there if they existed then. A day alone is its midnight in UTC. */
                as_of?: string;
                status?: ("pending" | "in_progress" | "blocked" | "completed")[];
                priority?: ("low" | "medium" | "high" | "critical")[];
                /** @description Ids of users. */
                assigned_to?: number[];
                /** @description Ids of users. */
                created_by?: number[];
                /** @description Ids of parent tasks. */
                parent_task?: number[];
                /** @description Ids of tags; a task matches with any of them. */
                tags?: number[];
                /** @description Past its deadline and not completed. */
                overdue?: boolean;
                /** @description Blocked; overdue by more than 3 days; or actual hours over 1.5 times the estimate. */
                needs_attention?: ("blocked" | "overdue" | "overworked")[];
                /** @description Text in title or description, ignoring case. */
                q?: string;
                /** @description `id`, `deadline`, `priority`, `created_at`, `updated_at`, `title`, with `-` for descending, several with commas. */
                sort?: string[];
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_create: {
        parameters: {
            query?: {
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reassignment_not_allowed`: You may not hand a task to someone else; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first; `outside_working_hours`: This is possible within your working hours only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_not_found`: No such assignee; `parent_not_found`: No such parent task; `tag_not_found`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_inactive`: The assignee is disabled; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_exportCsv: {
        parameters: {
            query?: {
                /** @description Deadlines earlier than this; a date alone is that whole day in your time zone, included. */
                deadline_before?: string;
                /** @description Deadlines at this time or later; a date alone is that whole day in your time zone. */
                deadline_after?: string;
                status?: ("pending" | "in_progress" | "blocked" | "completed")[];
                priority?: ("low" | "medium" | "high" | "critical")[];
                /** @description Ids of users. */
                assigned_to?: number[];
                /** @description Ids of users. */
                created_by?: number[];
                /** @description Ids of parent tasks. */
                parent_task?: number[];
                /** @description Ids of tags; a task matches with any of them. */
                tags?: number[];
                /** @description Past its deadline and not completed. */
                overdue?: boolean;
                /** @description Blocked; overdue by more than 3 days; or actual hours over 1.5 times the estimate. */
                needs_attention?: ("blocked" | "overdue" | "overworked")[];
                /** @description Text in title or description, ignoring case. */
                q?: string;
                /** @description `id`, `deadline`, `priority`, `created_at`, `updated_at`, `title`, with `-` for descending, several with commas. */
                sort?: string[];
                /** @description `true` starts the file with a byte order mark, without which spreadsheets misread UTF-8; CSV only. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_bulkUpdate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkUpdate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkUpdated"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_yours`: This is not yours to change; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `some_tasks_not_found`: Some tasks not found; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `child_unfinished`: A child task is not finished; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_read: {
        parameters: {
            query?: {
                /** @description As it was at this time, for managers and auditors; deleted records are there if they existed then. A day alone is its midnight in UTC. */
                as_of?: string;
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: {
                /** @description The `ETag` that was read, or several; 304 without a body if the record has not changed since */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description Not changed since it was read */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_replace: {
        parameters: {
            query?: {
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reassignment_not_allowed`: You may not hand a task to someone else; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `assignee_not_found`: No such assignee; `parent_not_found`: No such parent task; `tag_not_found`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_inactive`: The assignee is disabled; `child_unfinished`: A child task is not finished; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `task_cycle`: A task cannot be its own ancestor; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_yours`: This is not yours to change; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_concerned`: The change concerns too many tasks; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_update: {
        parameters: {
            query?: {
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskPatch"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reassignment_not_allowed`: You may not hand a task to someone else; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `assignee_not_found`: No such assignee; `parent_not_found`: No such parent task; `tag_not_found`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_inactive`: The assignee is disabled; `child_unfinished`: A child task is not finished; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `task_cycle`: A task cannot be its own ancestor; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_history: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_bulkCreate: {
        parameters: {
            query?: {
                /** @description `atomic` (default): all or none. `partial`: those that are allowed; the others are named in the answer. */
                mode?: "atomic" | "partial";
                /** @description `true`: answers what would be done, and changes nothing. */
                dry_run?: boolean;
            };
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTasks"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResult"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reassignment_not_allowed`: You may not hand a task to someone else; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first; `outside_working_hours`: This is possible within your working hours only */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_not_found`: No such assignee; `parent_not_found`: No such parent task; `tag_not_found`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_inactive`: The assignee is disabled; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_bulkChange: {
        parameters: {
            query?: {
                /** @description `atomic` (default): all or none. `partial`: those that are allowed; the others are named in the answer. */
                mode?: "atomic" | "partial";
                /** @description `true`: answers what would be done, and changes nothing. */
                dry_run?: boolean;
            };
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskChanges"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResult"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reassignment_not_allowed`: You may not hand a task to someone else; `not_yours`: This is not yours to change; `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `assignee_not_found`: No such assignee; `parent_not_found`: No such parent task; `tag_not_found`: No such tag; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `assignee_inactive`: The assignee is disabled; `parent_completed`: The parent task is completed; `too_many_concerned`: The change concerns too many tasks; `child_unfinished`: A child task is not finished; `task_cycle`: A task cannot be its own ancestor; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tasks_restore: {
        parameters: {
            query?: {
                /** @description `allowed_actions`: what you may do with the task now. */
                include?: "allowed_actions"[];
            };
            header?: {
                /** @description The `ETag` that was read, or several; 412 if the record has changed since */
                "If-Match"?: string;
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description The version of the record */
                    ETag?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_deleted`: The task is not deleted; `parent_deleted`: The parent task is deleted; `parent_completed`: The parent task is completed; `assignee_inactive`: The assignee is disabled; `task_redacted`: A text of the task was redacted; `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `stale_version`: The record has changed since you read it; `unknown_entity_tag`: If-Match has no tag of this API */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policy_explain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyQuestion"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyDecision"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `task_not_found`: No such task; `user_not_found`: No such user; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notifications_list: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
                /** @description `true` for unread notifications only, `false` for read ones only. */
                unread?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationView"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notifications_unreadCount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnreadCount"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notifications_markAllRead: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkedRead"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notifications_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationView"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification_not_found`: No such notification; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notifications_markRead: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
                /** @description A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done again: the first answer comes, with `Idempotency-Replayed: true`. A request that was refused may be repeated with its key. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarkedRead"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `notification_not_found`: No such notification; `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_in_progress`: The same request, with this Idempotency-Key, is still under way; repeat it shortly; `answer_not_kept`: This request was done already, and its answer is not kept any more: read the record instead of repeating the request */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_reused`: This Idempotency-Key was used for another request; use a new key for each request; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sockettickets_issueSocketTicket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Reason for the change, recorded in the audit trail. Where `AUDIT_REASON_REQUIRED` is set, some changes are rejected without one of two words or more. A change of a user by a manager always needs one, here or as `reason` in the body. Beyond ASCII, percent-encode it as UTF-8 (`encodeURIComponent`, or RFC 8187: `UTF-8''Site%20didn%E2%80%99t`); a `%` that begins no escape is literal. */
                "X-Change-Reason"?: components["parameters"]["ChangeReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangeReasonOnly"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SocketTicket"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `reason_required`: This change needs a reason; `idempotency_key_not_taken`: This takes no Idempotency-Key; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_overview: {
        parameters: {
            query?: {
                /**
                 * @description Maximum number of blocked tasks in the answer, those with the lowest ids; all if left out. It bounds the size of the
                 *     answer.
                 */
                blocked_limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_formerOverview: {
        parameters: {
            query?: {
                /**
                 * @description Maximum number of blocked tasks in the answer, those with the lowest ids; all if left out. It bounds the size of the
                 *     answer.
                 */
                blocked_limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description This address is deprecated */
                    Deprecation?: string;
                    /** @description The address to use instead */
                    Link?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_team: {
        parameters: {
            query?: {
                /** @description 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
                limit?: number;
                /** @description From the `Link` of the page before. */
                cursor?: string;
                /** @description Adds `X-Total-Count`. */
                include_total?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    /** @description With `limit`: `<…>; rel="next"`, unless this is the last page */
                    Link?: string;
                    /** @description With `include_total=true`: over all pages */
                    "X-Total-Count"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberFigures"][];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_cursor`: The cursor does not belong to this list; start again without it; `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    analytics_trends: {
        parameters: {
            query?: {
                /** @description The first day, or an instant in it, of the years 1900 to 9998; 29 days before `to` if left out. */
                from?: string;
                /** @description The last day, or an instant in it, of the same years; today in your time zone if left out. */
                to?: string;
                /** @description Weeks begin on Monday. */
                bucket?: "day" | "week";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Server-Request-Id": components["headers"]["X-Server-Request-Id"];
                    "X-Process-Time": components["headers"]["X-Process-Time"];
                    "X-New-Access-Token": components["headers"]["X-New-Access-Token"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trends"];
                };
            };
            /** @description `bad_request`: The request is malformed; `invalid_json`: The body is not valid JSON */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Sign in to use this; `invalid_token`: The access token is invalid or has expired */
            401: {
                headers: {
                    /** @description How to authenticate */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `origin_not_allowed`: This origin is not allowed; `role_not_allowed`: Your role may not do this; `second_factor_enrolment_required`: Your role needs a second factor: set one up with POST /api/auth/second-factor first */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The request did not come in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payload_too_large`: The body is larger than 1 MiB, or than 16 KiB under /api/auth */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Send JSON with Content-Type: application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `expectation_failed`: This server meets no expectation but 100-continue */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `validation_error`: The request has invalid values */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_requests`: Too many requests; try again later */
            429: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    /**
                     * @description Requests allowed a minute
                     * @example 600
                     */
                    "RateLimit-Limit"?: number;
                    /**
                     * @description Remaining requests of the current window
                     * @example 0
                     */
                    "RateLimit-Remaining"?: number;
                    /**
                     * @description Seconds until the window ends
                     * @example 42
                     */
                    "RateLimit-Reset"?: number;
                    /**
                     * @description Limit and window in seconds
                     * @example 600;w=60
                     */
                    "RateLimit-Policy"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `headers_too_large`: The request has more than 16 KiB of address and headers, or more than 1,000 headers */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal_error`: Something went wrong on our side */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `busy`: The service is busy; try again shortly; `database_failed`: The database has a fault or is not ready for this version; try again later; `database_read_only`: The database can be read but not written now; nothing was changed; try again later; `outcome_unknown`: The connection to the database was lost during the commit: the change was made or it was not; look before you repeat it; `not_recorded`: The audit trail cannot be written, so nothing was changed or shown; try again shortly */
            503: {
                headers: {
                    /**
                     * @description Seconds to wait
                     * @example 42
                     */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
