// Made from docs/openapi.json by `npm run generate`: not to be edited.
// sha256 e6669e0639be7f70db3a9feb31a4b655bf0e369a3b3da64037c61a998e8207d1
export interface paths {
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List jobs, newest first
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.list"];
        put?: never;
        /**
         * Submit a job
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["job.submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs:batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit many jobs at once
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["job.submit-batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs:wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wait until jobs have ended
         * @description Needs the permission `job:read`. Effect: read.
         */
        post: operations["job.wait"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch jobs change
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.watch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one job
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.get"];
        put?: never;
        post?: never;
        /**
         * Remove the record, logs and outputs of a job that has ended
         * @description Needs the permission `job:write`. Effect: destructive.
         */
        delete: operations["job.delete"];
        options?: never;
        head?: never;
        /**
         * Change the priority, queue or labels of a job
         * @description Needs the permission `job:write`. Effect: write.
         */
        patch: operations["job.update"];
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job: its processes get the checkpoint grace, its quota is freed when they are gone
         * @description Needs the permission `job:write`. Effect: destructive.
         */
        post: operations["job.cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a job
         * @description Needs the permission `job:write`. Effect: destructive.
         */
        post: operations["job.suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a suspended job back in its queue
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["job.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a failed job another chance
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["job.redrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs:redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give failed jobs another chance, by filter
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["job.redrive-many"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow the logs of a job
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.logs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/outputs/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download an output of a job
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what a task returned
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["task.result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/payload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the payload of a task
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["task.payload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the workers that are connected
         * @description Needs the permission `system:read`. Effect: read.
         */
        get: operations["worker.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/worker/results/{uid}/{attempt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Send the large result of a leased task
         * @description Needs the permission `task:work`. Effect: write.
         */
        put: operations["worker.upload"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/worker/payloads/{uid}/{attempt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the payload of a leased task
         * @description Needs the permission `task:work`. Effect: read.
         */
        get: operations["worker.payload"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/worker/dependencies/{uid}/{attempt}/{on}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the result of a task that a leased one waited for
         * @description Needs the permission `task:work`. Effect: read.
         */
        get: operations["worker.dependency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List job events, newest first
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["event.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/follow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow job events
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["event.follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one project
         * @description Needs the permission `project:read`. Effect: read.
         */
        get: operations["project.get"];
        /**
         * Make or change a project
         * @description Needs the permission `project:write`. Effect: write.
         */
        put: operations["project.put"];
        post?: never;
        /**
         * Remove a project without live jobs
         * @description Needs the permission `project:write`. Effect: destructive.
         */
        delete: operations["project.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List projects
         * @description Needs the permission `project:read`. Effect: read.
         */
        get: operations["project.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one queue
         * @description Needs the permission `queue:read`. Effect: read.
         */
        get: operations["queue.get"];
        /**
         * Make or change a queue
         * @description Needs the permission `queue:write`. Effect: write.
         */
        put: operations["queue.put"];
        post?: never;
        /**
         * Remove a queue that nothing uses
         * @description Needs the permission `queue:write`. Effect: destructive.
         */
        delete: operations["queue.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List queues
         * @description Needs the permission `queue:read`. Effect: read.
         */
        get: operations["queue.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{project}/{job}/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say why a job waits, when it will start, and what would start it now
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["job.why"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scheduling/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say who would start, wait or be preempted if something changed
         * @description Needs the permission `queue:read`. Effect: read.
         */
        post: operations["scheduling.what-if"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scheduling/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List decisions of the scheduler with what they were made on
         * @description Needs the permission `queue:write`. Effect: read.
         */
        get: operations["scheduling.decisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flavors/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one flavor
         * @description Needs the permission `queue:read`. Effect: read.
         */
        get: operations["flavor.get"];
        /**
         * Make or change a flavor
         * @description Needs the permission `queue:write`. Effect: write.
         */
        put: operations["flavor.put"];
        post?: never;
        /**
         * Remove a flavor that no queue names
         * @description Needs the permission `queue:write`. Effect: destructive.
         */
        delete: operations["flavor.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flavors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List flavors
         * @description Needs the permission `queue:read`. Effect: read.
         */
        get: operations["flavor.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queuegrants/{project}/{queue}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Let a project use a queue, up to a priority
         * @description Needs the permission `grant:write`. Effect: write.
         */
        put: operations["grant.put"];
        post?: never;
        /**
         * End the use of a queue by a project
         * @description Needs the permission `grant:write`. Effect: destructive.
         */
        delete: operations["grant.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queuegrants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List queue grants
         * @description Needs the permission `grant:read`. Effect: read.
         */
        get: operations["grant.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{project}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one schedule, with its next due times and what became of the last ones
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["schedule.get"];
        /**
         * Submit a job at the times of a cron expression, or change when and which
         * @description Needs the permission `job:write`. Effect: write.
         */
        put: operations["schedule.put"];
        post?: never;
        /**
         * Remove a schedule; its jobs stay
         * @description Needs the permission `job:write`. Effect: destructive.
         */
        delete: operations["schedule.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List schedules by project and name
         * @description Needs the permission `job:read`. Effect: read.
         */
        get: operations["schedule.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{project}/{name}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a schedule: nothing of it is due; its jobs go on
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["schedule.suspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{project}/{name}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a schedule: its due times begin now
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["schedule.resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{project}/{name}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit the job of a schedule now
         * @description Needs the permission `job:write`. Effect: write.
         */
        post: operations["schedule.trigger"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the webhooks of a project
         * @description Needs the permission `project:write`. Effect: read.
         */
        get: operations["webhook.list"];
        put?: never;
        /**
         * Tell a URL when jobs of a project end; its secret is shown once
         * @description Needs the permission `project:write`. Effect: write.
         */
        post: operations["webhook.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{project}/{name}": {
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
         * End a webhook, with what it was still to be told
         * @description Needs the permission `project:write`. Effect: destructive.
         */
        delete: operations["webhook.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys, newest first
         * @description Needs the permission `key:read`. Effect: read.
         */
        get: operations["key.list"];
        put?: never;
        /**
         * Make an API key; it is shown once
         * @description Needs the permission `key:write`. Effect: write.
         */
        post: operations["key.create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a key, its tokens and what is open under it
         * @description Needs the permission `key:write`. Effect: destructive.
         */
        post: operations["key.revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a key a new secret; the old one is taken for a grace
         * @description Needs the permission `key:write`. Effect: write.
         */
        post: operations["key.rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make or change a role of your own
         * @description Needs the permission `role:write`. Effect: write.
         */
        put: operations["role.put"];
        post?: never;
        /**
         * Remove a role of your own that nobody has
         * @description Needs the permission `role:write`. Effect: destructive.
         */
        delete: operations["role.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles and what they allow
         * @description Needs the permission `role:read`. Effect: read.
         */
        get: operations["role.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rolebindings/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Bind a user, group or service to a role
         * @description Needs the permission `role:write`. Effect: write.
         */
        put: operations["binding.put"];
        post?: never;
        /**
         * Take a role back from a user, group or service
         * @description Needs the permission `role:write`. Effect: destructive.
         */
        delete: operations["binding.delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rolebindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who is bound to which role
         * @description Needs the permission `role:read`. Effect: read.
         */
        get: operations["binding.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who you are and what you may
         * @description Needs the permission `self:read`. Effect: read.
         */
        get: operations["auth.whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/can-i": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether you may do an operation
         * @description Needs the permission `self:read`. Effect: read.
         */
        get: operations["auth.can-i"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which role may do which operation
         * @description Needs the permission `self:read`. Effect: read.
         */
        get: operations["auth.matrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a key for a short-lived access token
         * @description Needs the permission `self:read`. Effect: write.
         */
        post: operations["auth.token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/signing-key/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign access tokens with a new key
         * @description Needs the permission `system:write`. Effect: write.
         */
        post: operations["auth.rotate-signing-key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where people sign in
         * @description Needs no key. Effect: read.
         */
        get: operations["auth.settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with an ID token of the issuer
         * @description Needs no key. Effect: write.
         */
        post: operations["auth.oidc"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a CI system’s token for an access token
         * @description Needs no key. Effect: write.
         */
        post: operations["auth.exchange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the next access token of a session
         * @description Needs no key. Effect: write.
         */
        post: operations["auth.refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a sign-in in a browser, for a program on your machine
         * @description Needs no key. Effect: read.
         */
        post: operations["auth.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a sign-in in a browser with the code that came back
         * @description Needs no key. Effect: write.
         */
        post: operations["auth.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console/begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a sign-in of the console
         * @description Needs no key. Effect: read.
         */
        post: operations["console.begin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/console/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a sign-in of the console with the code that came back
         * @description Needs no key. Effect: write.
         */
        post: operations["console.complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sign-ins: your own, or everybody’s
         * @description Needs the permission `self:read`. Effect: read.
         */
        get: operations["session.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{session}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a sign-in, its tokens and what is open under it
         * @description Needs the permission `self:read`. Effect: destructive.
         */
        post: operations["session.end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the machines that can hold members
         * @description Needs the permission `queue:read`. Effect: read.
         */
        get: operations["node.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit records, newest first
         * @description Needs the permission `audit:read`. Effect: read.
         */
        get: operations["audit.list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit; without a filter it can be verified offline
         * @description Needs the permission `audit:read`. Effect: read.
         */
        get: operations["audit.export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/heads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the signed heads of the audit, newest first
         * @description Needs the permission `audit:read`. Effect: read.
         */
        get: operations["audit.heads"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify the chains of the audit in the database
         * @description Needs the permission `audit:read`. Effect: read.
         */
        get: operations["audit.verify"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find unusual access: denied bursts, new places, unusual reads
         * @description Needs the permission `audit:read`. Effect: read.
         */
        get: operations["audit.findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Version of the server
         * @description Needs the permission `system:read`. Effect: read.
         */
        get: operations["system.version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say what is wrong with this server, and how to mend it
         * @description Needs the permission `system:write`. Effect: read.
         */
        get: operations["system.doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process is up */
        get: operations["server.live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests can be served, with what was looked at */
        get: operations["server.ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics, as Prometheus reads them */
        get: operations["server.metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["server.openapi"];
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
        /** @description What to run: the spec of an AIJob */
        JobSpec: {
            /**
             * @description What kind of work it is
             * @default batch
             * @enum {string}
             */
            type?: "training" | "inference" | "evaluation" | "simulation" | "batch";
            /** @description Default: the project's own */
            queue?: string;
            /**
             * @description No higher than the queue grant allows
             * @default 50
             */
            priority?: number;
            /**
             * @description How close the members must be
             * @default {
             *       "level": "none",
             *       "required": false
             *     }
             */
            topology?: {
                /**
                 * @default none
                 * @enum {string}
                 */
                level?: "none" | "node" | "rack" | "zone";
                /** @default false */
                required?: boolean;
            };
            /** @description Of one attempt */
            timeout?: string;
            /** @description Of the job, from its submission */
            deadline?: string;
            /** @description Fail when it has not started by then */
            startDeadline?: string;
            /**
             * Format: date-time
             * @description Do not start before this time
             */
            startAfter?: string;
            /** @description Remove record, logs and outputs this long after the end */
            ttlAfterFinished?: string;
            /** @description How long an attempt usually takes */
            expectedDuration?: string;
            /**
             * @description What follows a failed attempt
             * @default {}
             */
            retry?: {
                /**
                 * @description Failed attempts that are followed by another
                 * @default 3
                 */
                limit?: number;
                /**
                 * @description Delay before the next attempt: initial × factor^n, at most max
                 * @default {}
                 */
                backoff?: {
                    /** @default 5s */
                    initial?: string;
                    /** @default 2 */
                    factor?: number;
                    /** @default 5m */
                    max?: string;
                };
                /**
                 * @description The first that matches decides
                 * @default []
                 */
                rules?: {
                    /** @description Matches when the failed member ended with one of these */
                    exitCodes?: number[];
                    signals?: string[];
                    /** @description OutOfMemory, Timeout, … */
                    reasons?: string[];
                    /**
                     * @description ignore: try again without counting it
                     * @enum {string}
                     */
                    action: "retry" | "fail" | "ignore";
                }[];
            };
            /**
             * @description How it saves its work when it is stopped
             * @default {}
             */
            checkpoint?: {
                /**
                 * @description From SIGTERM to SIGKILL
                 * @default 30s
                 */
                grace?: string;
                every?: string;
                /** @description A directory that all attempts of the job share */
                path?: string;
            };
            /**
             * @description Files to keep after a success
             * @default []
             */
            outputs?: {
                path: string;
                name: string;
            }[];
            /** @description What to do when its agent is not heard */
            onLost?: "wait" | {
                replaceAfter: string;
            };
            task?: components["schemas"]["Task"];
            /** @description Roles of the gang, in the order of their ranks */
            roles?: {
                name: string;
                /**
                 * @description How many members of this role; {min, max} makes it elastic
                 * @default 1
                 */
                members?: number | {
                    min: number;
                    max: number;
                };
                /** @description Container image; the process runner runs the command as it is */
                image?: string;
                /**
                 * @description Program and its first arguments
                 * @default []
                 */
                command?: string[];
                /**
                 * @description Further arguments
                 * @default []
                 */
                args?: string[];
                /** @description Where the command starts; the CLI resolves a relative one against the job file */
                workingDir?: string;
                /**
                 * @description Variables: a text, or {secret: {name, key}}
                 * @default {}
                 */
                env?: {
                    [key: string]: string | {
                        secret: {
                            name: string;
                            key: string;
                        };
                    };
                };
                /**
                 * @description Of each member: cpu, memory, nvidia.com/gpu or any named resource
                 * @default {}
                 */
                resources?: {
                    [key: string]: string | number;
                };
                /** @description Claims, or scratch space by size */
                volumes?: ({
                    mount: string;
                    claim: string;
                    /** @default false */
                    readOnly?: boolean;
                } | {
                    mount: string;
                    size: string | number;
                })[];
                /**
                 * @description Labels that the node must have
                 * @default {}
                 */
                nodeSelector?: {
                    [key: string]: string;
                };
                /**
                 * @description Taints that the members accept
                 * @default []
                 */
                tolerations?: {
                    key?: string;
                    /** @enum {string} */
                    operator?: "Exists" | "Equal";
                    value?: string;
                    /** @enum {string} */
                    effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
                }[];
                /** @description Kubernetes service account of the pods */
                serviceAccount?: string;
                /** @description Strategic-merge overlay for what has no field here */
                podTemplate?: {
                    [key: string]: unknown;
                };
            }[];
            members?: number | {
                min: number;
                max: number;
            };
            /** @description Container image; the process runner runs the command as it is */
            image?: string;
            command?: string[];
            args?: string[];
            /** @description Where the command starts; the CLI resolves a relative one against the job file */
            workingDir?: string;
            env?: {
                [key: string]: string | {
                    secret: {
                        name: string;
                        key: string;
                    };
                };
            };
            resources?: {
                [key: string]: string | number;
            };
            volumes?: ({
                mount: string;
                claim: string;
                /** @default false */
                readOnly?: boolean;
            } | {
                mount: string;
                size: string | number;
            })[];
            nodeSelector?: {
                [key: string]: string;
            };
            tolerations?: {
                key?: string;
                /** @enum {string} */
                operator?: "Exists" | "Equal";
                value?: string;
                /** @enum {string} */
                effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
            }[];
            /** @description Kubernetes service account of the pods */
            serviceAccount?: string;
            /** @description Strategic-merge overlay for what has no field here */
            podTemplate?: {
                [key: string]: unknown;
            };
        };
        /** @description Work for a warm worker */
        Task: {
            /** @description What a worker announces */
            handler: string;
            /**
             * @description Given to the handler; any JSON
             * @default null
             */
            payload?: unknown;
            /** @description Whose task it is: a queue serves its keys in turn */
            fairKey?: string;
            /** @description At most so many tasks of this key run at a time, within the queue; the newest limit holds */
            concurrency?: {
                key: string;
                limit: number;
            };
            /** @description At most so many tasks of this key start in each such time, within the queue */
            rate?: {
                key: string;
                limit: number;
                per: string;
            };
            /** @description A second submission of this key is the same job: within the window, or without one until it has ended */
            unique?: {
                key: string;
                window?: string;
            };
            /** @description Tasks of the project, by uid or name, that end before this one starts; it is given their results */
            after?: (string)[];
            /**
             * @description What becomes of it when one of `after` does not succeed
             * @default fail
             * @enum {string}
             */
            onDependencyFailure?: "fail" | "run";
            /**
             * @description How long a handler that is asked to stop may take before its lease is taken away
             * @default 10s
             */
            cancelGrace?: string;
        };
        SubmitJobRequest: {
            /**
             * @description The project (a namespace on a cluster)
             * @default default
             */
            project?: string;
            /** @description Unique among the live jobs of the project; made up when absent */
            name?: string;
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            spec: components["schemas"]["JobSpec"];
            /** @description Also as header Idempotency-Key: a repeated submission is the same job */
            idempotencyKey?: string;
            /**
             * @description Check everything, store nothing
             * @default false
             */
            dryRun?: boolean;
        };
        SubmittedJob: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "AIJob";
            metadata: {
                name: string;
                namespace: string;
                uid: string;
                labels: {
                    [key: string]: string;
                };
                resourceVersion: string;
                creationTimestamp: string;
            };
            /** @description As submitted, every default filled in; may be submitted again */
            spec: {
                [key: string]: unknown;
            };
            status: {
                /** @enum {string} */
                state: "pending" | "admitted" | "running" | "unreachable" | "stopping" | "backoff" | "suspended" | "succeeded" | "failed" | "cancelled";
                reason: string;
                message: string;
                since: string;
                /** @description Number of the latest attempt; 0 before the first */
                attempt: number;
                submittedBy: string;
                updatedAt: string;
                endedAt?: string;
                /** @description End of the backoff */
                retryAt?: string;
                /** @description Where a stopping job goes */
                stoppingTo?: string;
                charges: {
                    failed: number;
                    lost: number;
                    preempted: number;
                };
                /** @description The last 20 */
                attempts: {
                    number: number;
                    agent: string;
                    admittedAt: string;
                    startedAt?: string;
                    endedAt?: string;
                    outcome?: {
                        /** @enum {string} */
                        kind: "succeeded" | "failed" | "stopped";
                        reason?: string;
                        message?: string;
                        member?: {
                            role: string;
                            index: number;
                        };
                        exitCode?: number;
                        signal?: string;
                        error?: components["schemas"]["TaskError"];
                    };
                    /** @description Of its nodes */
                    flavor?: string;
                    /** @description The zone, rack or node that holds all of it */
                    domain?: string;
                    /** @description Where its members were put */
                    placed?: {
                        node: string;
                        role: string;
                        members: number;
                    }[];
                    /** @description It passed the first of its queue, which it was expected not to delay */
                    backfilled?: boolean;
                    preempted?: {
                        /** @description The job that got its place */
                        by: string;
                        uid: string;
                        /** @enum {string} */
                        reason: "Reclaimed" | "HigherPriority" | "Overrun";
                        /** @description Work since its last checkpoint, seconds */
                        lost: number;
                    };
                    members: {
                        role: string;
                        index: number;
                        rank: number;
                        /** @enum {string} */
                        phase: "waiting" | "running" | "ended";
                        pid?: number;
                        node?: string;
                        startedAt?: string;
                        endedAt?: string;
                        exitCode?: number;
                        signal?: string;
                        reason?: string;
                        message?: string;
                        /** @description Bytes, proportional set size */
                        peakMemory?: number;
                        /** @description Seconds */
                        cpuTime?: number;
                    }[];
                    outputs: {
                        name: string;
                        path: string;
                        bytes: number;
                    }[];
                }[];
                /** @description What the handler of a task returned, where it is at most 32 KiB */
                result?: unknown;
                /** @description Size of a larger result: GET …/result reads it */
                resultBytes?: number;
                /** @description Size of a payload above 32 KiB: GET …/payload reads it */
                payloadBytes?: number;
                /** @description What the handler of a task threw last */
                error?: components["schemas"]["TaskError"];
                progress?: {
                    /** @description From 0 to 1 */
                    fraction?: number;
                    message?: string;
                    at: string;
                };
                /** @description Session of the worker that holds the task */
                worker?: string;
            };
            /** @description True when this submission was known already */
            repeated: boolean;
        };
        TaskError: {
            message: string;
            /** @description Name of the exception, for retry rules */
            type?: string;
            stack?: string;
            /**
             * @description false: a dead letter at once
             * @default true
             */
            retryable: boolean;
        };
        "Submit-batchJobRequest": {
            /**
             * @description The project (a namespace on a cluster)
             * @default default
             */
            project?: string;
            /**
             * @description each: an answer for every job. all: every job or none; tasks only
             * @default each
             * @enum {string}
             */
            mode?: "each" | "all";
            /** @description As in POST /api/v1/jobs: {name?, labels?, spec}. A task may wait for those before it */
            jobs: unknown[];
            /** @description Of the whole batch; each job has its own place in it */
            idempotencyKey?: string;
        };
        BatchAnswer: {
            items: ({
                uid: string;
                name: string;
                repeated: boolean;
            } | {
                error: {
                    code: string;
                    message: string;
                    details?: {
                        path: string;
                        expected: string;
                        got: string;
                    }[];
                };
            })[];
            submitted: number;
            repeated: number;
            failed: number;
        };
        WaitJobRequest: {
            /**
             * @description The project (a namespace on a cluster)
             * @default default
             */
            project?: string;
            /** @description Uids or names */
            jobs: (string)[];
            /**
             * @description How long to hold the answer back
             * @default 20s
             */
            timeout?: string;
            /**
             * @description Which of them must have ended
             * @default all
             * @enum {string}
             */
            until?: "all" | "any";
        };
        WaitAnswer: {
            /** @description False: call again */
            done: boolean;
            /** @description Those that have ended */
            jobs: components["schemas"]["EndedJob"][];
            /** @description How many have not */
            waiting: number;
        };
        EndedJob: {
            uid: string;
            name: string;
            /** @enum {string} */
            state: "pending" | "admitted" | "running" | "unreachable" | "stopping" | "backoff" | "suspended" | "succeeded" | "failed" | "cancelled";
            reason: string;
            message: string;
            result?: unknown;
            /** @description Size of a result that is not shown here: GET …/result reads it */
            resultBytes?: number;
            error?: components["schemas"]["TaskError"];
        };
        JobList: {
            items: components["schemas"]["Job"][];
            next?: string;
        };
        /** @description An AI job: what was asked for and what became of it */
        Job: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "AIJob";
            metadata: {
                name: string;
                namespace: string;
                uid: string;
                labels: {
                    [key: string]: string;
                };
                resourceVersion: string;
                creationTimestamp: string;
            };
            /** @description As submitted, every default filled in; may be submitted again */
            spec: {
                [key: string]: unknown;
            };
            status: {
                /** @enum {string} */
                state: "pending" | "admitted" | "running" | "unreachable" | "stopping" | "backoff" | "suspended" | "succeeded" | "failed" | "cancelled";
                reason: string;
                message: string;
                since: string;
                /** @description Number of the latest attempt; 0 before the first */
                attempt: number;
                submittedBy: string;
                updatedAt: string;
                endedAt?: string;
                /** @description End of the backoff */
                retryAt?: string;
                /** @description Where a stopping job goes */
                stoppingTo?: string;
                charges: {
                    failed: number;
                    lost: number;
                    preempted: number;
                };
                /** @description The last 20 */
                attempts: {
                    number: number;
                    agent: string;
                    admittedAt: string;
                    startedAt?: string;
                    endedAt?: string;
                    outcome?: {
                        /** @enum {string} */
                        kind: "succeeded" | "failed" | "stopped";
                        reason?: string;
                        message?: string;
                        member?: {
                            role: string;
                            index: number;
                        };
                        exitCode?: number;
                        signal?: string;
                        error?: components["schemas"]["TaskError"];
                    };
                    /** @description Of its nodes */
                    flavor?: string;
                    /** @description The zone, rack or node that holds all of it */
                    domain?: string;
                    /** @description Where its members were put */
                    placed?: {
                        node: string;
                        role: string;
                        members: number;
                    }[];
                    /** @description It passed the first of its queue, which it was expected not to delay */
                    backfilled?: boolean;
                    preempted?: {
                        /** @description The job that got its place */
                        by: string;
                        uid: string;
                        /** @enum {string} */
                        reason: "Reclaimed" | "HigherPriority" | "Overrun";
                        /** @description Work since its last checkpoint, seconds */
                        lost: number;
                    };
                    members: {
                        role: string;
                        index: number;
                        rank: number;
                        /** @enum {string} */
                        phase: "waiting" | "running" | "ended";
                        pid?: number;
                        node?: string;
                        startedAt?: string;
                        endedAt?: string;
                        exitCode?: number;
                        signal?: string;
                        reason?: string;
                        message?: string;
                        /** @description Bytes, proportional set size */
                        peakMemory?: number;
                        /** @description Seconds */
                        cpuTime?: number;
                    }[];
                    outputs: {
                        name: string;
                        path: string;
                        bytes: number;
                    }[];
                }[];
                /** @description What the handler of a task returned, where it is at most 32 KiB */
                result?: unknown;
                /** @description Size of a larger result: GET …/result reads it */
                resultBytes?: number;
                /** @description Size of a payload above 32 KiB: GET …/payload reads it */
                payloadBytes?: number;
                /** @description What the handler of a task threw last */
                error?: components["schemas"]["TaskError"];
                progress?: {
                    /** @description From 0 to 1 */
                    fraction?: number;
                    message?: string;
                    at: string;
                };
                /** @description Session of the worker that holds the task */
                worker?: string;
            };
        };
        WatchedJob: {
            /** @description Cursor: watching after it continues with the next change */
            id: string;
            job: components["schemas"]["Job"];
        };
        UpdateJobRequest: {
            priority?: number;
            queue?: string;
            /** @description Merged; null removes a label */
            labels?: {
                [key: string]: string | null;
            };
            /** @description Refuse when the job has changed since */
            resourceVersion?: string;
        };
        CancelJobRequest: {
            reason?: string;
        };
        SuspendJobRequest: {
            reason?: string;
        };
        ResumeJobRequest: {
            reason?: string;
        };
        RedriveJobRequest: {
            reason?: string;
        };
        "Redrive-manyJobRequest": {
            /**
             * @description The project (a namespace on a cluster)
             * @default default
             */
            project?: string;
            queue?: string;
            handler?: string;
            /** @description Label selector, as kubectl spells it */
            selector?: string;
            newerThan?: string;
            olderThan?: string;
            /** @default 1000 */
            limit?: number;
            /**
             * @description Count them, change nothing
             * @default false
             */
            dryRun?: boolean;
            reason?: string;
        };
        RedriveAnswer: {
            matched: number;
            redriven: number;
            /** @description There are more: call again */
            more: boolean;
        };
        Deleted: {
            deleted: boolean;
        };
        LogLine: {
            /** @description Cursor: reading after it continues with the next line */
            id: string;
            attempt: number;
            role: string;
            member: number;
            at: string;
            /**
             * @description capstan: said by us, such as what a cap dropped
             * @enum {string}
             */
            stream: "stdout" | "stderr" | "capstan";
            /** @description Bytes that are no UTF-8 are replaced */
            text: string;
            /** @description True when the line goes on in the next item */
            partial: boolean;
        };
        WorkerList: {
            items: components["schemas"]["Worker"][];
        };
        Worker: {
            session: string;
            /** @description As it calls itself */
            name: string;
            principal: string;
            /** @description The replica that it is connected to */
            server: string;
            queues: string[];
            handlers: string[];
            labels: {
                [key: string]: string;
            };
            client?: string;
            /** @description How many tasks it takes at a time */
            concurrency: number;
            running: number;
            since: string;
            /** @description Seconds since it was last heard */
            silentFor: number;
        };
        UploadWorkerRequest: {
            /** @description What the handler returned */
            result: unknown;
        };
        UploadedResult: {
            bytes: number;
        };
        EventList: {
            items: components["schemas"]["Event"][];
            next?: string;
        };
        Event: {
            /** @description Cursor: following after it continues with the next event */
            id: string;
            at: string;
            /** @enum {string} */
            type: "normal" | "warning";
            reason: string;
            message: string;
            project: string;
            job: string;
            uid: string;
            /** @description The state that the job was in after the event */
            state: string;
        };
        PutProjectRequest: {
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            /** @default  */
            description?: string;
            /** @description Queue of jobs that name none */
            defaultQueue?: string;
        };
        Project: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "Project";
            metadata: {
                name: string;
                labels: {
                    [key: string]: string;
                };
                creationTimestamp: string;
            };
            spec: {
                description: string;
                defaultQueue?: string;
            };
            status: {
                /** @description Live jobs by state */
                jobs: {
                    [key: string]: number;
                };
            };
        };
        ProjectList: {
            items: components["schemas"]["Project"][];
            next?: string;
        };
        PutQueueRequest: {
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
            /** @default  */
            description?: string;
            /**
             * @description Its own: what running jobs may hold, by resource; what no queue of the tree names is not limited
             * @default {}
             */
            quota?: {
                [key: string]: string | number;
            };
            /** @description The queue above it; those of one parent lend to each other what they do not use */
            parent?: string;
            /** @description Most beyond its own quota, by resource; what is not named is limited by what others lend */
            borrowing?: {
                [key: string]: string | number;
            };
            /** @description Most of its own quota that others may use, by resource; what is not named is lent as a whole */
            lending?: {
                [key: string]: string | number;
            };
            /** @description Kinds of capacity that its jobs may use, in the order in which they are tried; those of its parent when absent */
            flavors?: {
                /** @description Name of a flavor */
                flavor: string;
                /**
                 * @description What of it belongs to the queue, by resource
                 * @default {}
                 */
                quota?: {
                    [key: string]: string | number;
                };
                /** @description Most beyond its own quota, by resource; what is not named is limited by what others lend */
                borrowing?: {
                    [key: string]: string | number;
                };
                /** @description Most of its own quota that others may use, by resource; what is not named is lent as a whole */
                lending?: {
                    [key: string]: string | number;
                };
            }[];
            /** @description Its part of what siblings share; 1 when absent */
            weight?: number;
            /**
             * @description strict: nothing passes its first job. bestEffort (when absent): others start before it where that does not delay it
             * @enum {string}
             */
            ordering?: "strict" | "bestEffort";
            preemption?: {
                /**
                 * @description Whether its jobs take the place of its own jobs of a lower priority
                 * @default lowerPriority
                 * @enum {string}
                 */
                withinQueue?: "lowerPriority" | "never";
                /**
                 * @description Whose jobs, of queues that borrow, its own quota is taken back from
                 * @default any
                 * @enum {string}
                 */
                reclaim?: "any" | "lowerPriority" | "never";
            };
            disruptions?: {
                /** @description Most preemptions of one job in its life; 10 when absent */
                perJob?: number;
                /** @description Most preemptions of all its jobs in an hour */
                perHour?: number;
            };
            /** @description Most jobs that hold quota at a time */
            maxRunning?: number;
            /**
             * @description paused: starts nothing. draining: also accepts nothing
             * @default open
             * @enum {string}
             */
            state?: "open" | "paused" | "draining";
        };
        Queue: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "Queue";
            metadata: {
                name: string;
                labels: {
                    [key: string]: string;
                };
                creationTimestamp: string;
            };
            spec: {
                description: string;
                quota: {
                    [key: string]: string;
                };
                parent?: string;
                borrowing?: {
                    [key: string]: string;
                };
                lending?: {
                    [key: string]: string;
                };
                flavors?: {
                    flavor: string;
                    quota: {
                        [key: string]: string;
                    };
                    borrowing?: {
                        [key: string]: string;
                    };
                    lending?: {
                        [key: string]: string;
                    };
                }[];
                weight?: number;
                /** @enum {string} */
                ordering?: "strict" | "bestEffort";
                preemption?: {
                    /**
                     * @description Whether its jobs take the place of its own jobs of a lower priority
                     * @default lowerPriority
                     * @enum {string}
                     */
                    withinQueue: "lowerPriority" | "never";
                    /**
                     * @description Whose jobs, of queues that borrow, its own quota is taken back from
                     * @default any
                     * @enum {string}
                     */
                    reclaim: "any" | "lowerPriority" | "never";
                };
                disruptions?: {
                    /** @description Most preemptions of one job in its life; 10 when absent */
                    perJob?: number;
                    /** @description Most preemptions of all its jobs in an hour */
                    perHour?: number;
                };
                maxRunning?: number;
                /** @enum {string} */
                state: "open" | "paused" | "draining";
            };
            status: {
                /** @description Jobs that wait to start, backoff included */
                pending: number;
                /** @description Jobs that hold quota */
                holding: number;
                used: {
                    [key: string]: string;
                };
            };
        };
        QueueList: {
            items: components["schemas"]["Queue"][];
            next?: string;
        };
        Why: {
            job: string;
            project: string;
            uid: string;
            state: string;
            reason: string;
            message: string;
            since: string;
            /** @description False: as it was written down last; another server schedules and knows more */
            live: boolean;
            queue: string;
            /** @description Place in its queue, from 1 */
            position?: number;
            /** @description Jobs that wait in its queue */
            of?: number;
            blockers: {
                /** @description job/PROJECT/NAME or queue/NAME; "a job of another project" where that is not yours to see */
                what: string;
                how: string;
                /** @description When it is expected to be out of the way */
                until?: string;
            }[];
            /** @description Room is kept for it: when it is expected to be there, and what it waits for */
            reserved?: {
                at: string;
                /** @enum {string} */
                for: "capacity" | "quota" | "preemption";
            };
            /** @description When it is expected to start, and the interval in which 8 of 10 do */
            expected?: {
                at: string;
                from: string;
                to: string;
            };
            /** @description Attempts that lost their place: to whom, why, and seconds of work since the last checkpoint */
            preempted: {
                attempt: number;
                by: string;
                reason: string;
                lost: number;
            }[];
            /** @description Each would start it now, proved by scheduling with it */
            suggestions?: {
                kind: string;
                sentence: string;
            }[];
        };
        "What-ifSchedulingRequest": {
            addNodes?: {
                /** @description Name of a node that they are like */
                like?: string;
                /** @default 1 */
                count?: number;
                /** @description Without like: what each has */
                allocatable?: {
                    [key: string]: string | number;
                };
                /** @default {} */
                labels?: {
                    [key: string]: string;
                };
            }[];
            /**
             * @description Nodes: what runs there waits again
             * @default []
             */
            drain?: string[];
            /**
             * @description Nodes: what runs there stays
             * @default []
             */
            cordon?: string[];
            /** @description Own quota of queues, instead of what it is */
            quota?: {
                queue: string;
                flavor?: string;
                quota: {
                    [key: string]: string | number;
                };
            }[];
            /** @default [] */
            pause?: string[];
            /** @default [] */
            resume?: string[];
            submit?: {
                /**
                 * @description The project (a namespace on a cluster)
                 * @default default
                 */
                project?: string;
                /** @description Unique among the live jobs of the project; made up when absent */
                name?: string;
                /** @default {} */
                labels?: {
                    [key: string]: string;
                };
                spec: components["schemas"]["JobSpec"];
                /** @description Also as header Idempotency-Key: a repeated submission is the same job */
                idempotencyKey?: string;
                /**
                 * @description Check everything, store nothing
                 * @default false
                 */
                dryRun?: boolean;
            }[];
        };
        WhatIf: {
            /** @description Start with it and not without it */
            starts: {
                project: string;
                job: string;
                queue: string;
                agent: string;
                /** @description It runs now, loses its node, and starts elsewhere */
                again: boolean;
            }[];
            /** @description Would have started, or run now, and wait with it */
            waits: {
                project: string;
                job: string;
                queue: string;
                reason: string;
                message: string;
            }[];
            preempted: {
                project: string;
                job: string;
                queue: string;
                by: string;
                reason: string;
            }[];
            /** @description Jobs of projects that are not yours to see, among those above */
            hidden: number;
            /** @description The next cycle as it is */
            before: {
                starts: number;
                waits: number;
                preempted: number;
            };
            /** @description The next cycle with it */
            after: {
                starts: number;
                waits: number;
                preempted: number;
            };
        };
        DecisionList: {
            items: {
                seq: number;
                at: string;
                /** @enum {string} */
                kind: "base" | "delta";
                /** @description Of the scheduler that made it */
                version: string;
                /** @description Base64 of compressed JSON: what it was made on, and the plan */
                body: string;
            }[];
            /** @description Number of the latest */
            last: number;
        };
        PutFlavorRequest: {
            /** @default  */
            description?: string;
            /**
             * @description Nodes with all of these labels are of the flavor
             * @default {}
             */
            nodeLabels?: {
                [key: string]: string;
            };
            /**
             * @description Taints of its nodes, which jobs of the flavor tolerate without saying so
             * @default []
             */
            tolerations?: {
                key?: string;
                /** @enum {string} */
                operator?: "Exists" | "Equal";
                value?: string;
                /** @enum {string} */
                effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
            }[];
            /** @description Of a node for an hour, in thousandths of a currency's unit; shown to people */
            price?: number;
        };
        Flavor: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "Flavor";
            metadata: {
                name: string;
                creationTimestamp: string;
            };
            spec: {
                description: string;
                nodeLabels: {
                    [key: string]: string;
                };
                tolerations: {
                    [key: string]: string;
                }[];
                price?: number;
            };
        };
        FlavorList: {
            items: components["schemas"]["Flavor"][];
            next?: string;
        };
        PutGrantRequest: {
            /**
             * @description Highest priority that the project may use there
             * @default 100
             */
            maxPriority?: number;
        };
        QueueGrant: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "QueueGrant";
            metadata: {
                name: string;
                creationTimestamp: string;
            };
            spec: {
                project: string;
                queue: string;
                maxPriority: number;
            };
        };
        QueueGrantList: {
            items: components["schemas"]["QueueGrant"][];
            next?: string;
        };
        /** @description Which job to submit when: the spec of a Schedule */
        ScheduleSpec: {
            /** @description When: five fields, or @hourly, @daily, @weekly, @monthly, @yearly */
            cron: string;
            /**
             * @description Whose clocks are meant, by IANA name
             * @default UTC
             */
            timeZone?: string;
            /**
             * @description What of due times that passed while no server looked: none, the last, up to 100
             * @default runOnce
             * @enum {string}
             */
            missed?: "skip" | "runOnce" | "runAll";
            /** @description How late a job may still be submitted */
            startDeadline?: string;
            /**
             * @description While a job of it is live: submit, leave the due time out, or cancel that job
             * @default allow
             * @enum {string}
             */
            overlap?: "allow" | "forbid" | "replace";
            /**
             * @description Nothing is due
             * @default false
             */
            suspended?: boolean;
            /** @description What to submit: the spec of a job */
            job: components["schemas"]["JobSpec"];
        };
        PutScheduleRequest: {
            /**
             * @description Its jobs have them as well
             * @default {}
             */
            labels?: {
                [key: string]: string;
            };
            spec: components["schemas"]["ScheduleSpec"];
            /** @description Refuse when it has changed since; 0: refuse when there is one */
            resourceVersion?: string;
            /**
             * @description Check everything, store nothing; the answer has the next due times
             * @default false
             */
            dryRun?: boolean;
        };
        /** @description A job that is submitted at the times of a cron expression */
        Schedule: {
            /** @constant */
            apiVersion: "capstan.dev/v1alpha1";
            /** @constant */
            kind: "Schedule";
            metadata: {
                name: string;
                namespace: string;
                uid: string;
                labels: {
                    [key: string]: string;
                };
                resourceVersion: string;
                creationTimestamp: string;
            };
            spec: {
                cron: string;
                timeZone: string;
                /** @enum {string} */
                missed: "skip" | "runOnce" | "runAll";
                startDeadline?: string;
                /** @enum {string} */
                overlap: "allow" | "forbid" | "replace";
                suspended: boolean;
                /** @description As written, every default filled in */
                job: {
                    [key: string]: unknown;
                };
            };
            status: {
                /** @enum {string} */
                state: "active" | "suspended" | "failing";
                reason: string;
                message: string;
                /** @description Who wrote it last: on whose behalf its jobs are submitted */
                owner: string;
                updatedAt: string;
                nextRun?: string;
                /** @description The next five; of one that is asked for by name */
                nextRuns?: string[];
                /** @description Its jobs that have not ended */
                active: {
                    name: string;
                    uid: string;
                }[];
                /** @description The last 20, oldest first */
                runs: {
                    /** @description When it was due; when it was asked for, of one that was triggered */
                    dueAt: string;
                    /** @description The last of several that were left out together */
                    until?: string;
                    /** @description How many, where more than one */
                    count?: number;
                    /** @description When it was decided */
                    at: string;
                    /** @enum {string} */
                    outcome: "submitted" | "skipped" | "failed";
                    reason: string;
                    message: string;
                    job?: {
                        name: string;
                        uid: string;
                    };
                }[];
            };
        };
        ScheduleList: {
            items: components["schemas"]["Schedule"][];
            next?: string;
        };
        TriggerScheduleRequest: {
            /** @description Also as header Idempotency-Key: a repeated request submits no second job */
            idempotencyKey?: string;
        };
        TriggeredSchedule: {
            project: string;
            schedule: string;
            /** @description Its name */
            job: string;
            uid: string;
            /** @description True when this request was known already */
            repeated: boolean;
        };
        CreateWebhookRequest: {
            name: string;
            /** @description Where to POST to: https, and a public address */
            url: string;
            /**
             * @description Which ends of jobs are told
             * @default [
             *       "succeeded",
             *       "failed",
             *       "cancelled"
             *     ]
             */
            events?: ("succeeded" | "failed" | "cancelled")[];
            /**
             * @description Only of jobs that have all of these
             * @default {}
             */
            labels?: {
                [key: string]: string;
            };
        };
        NewWebhook: {
            project: string;
            name: string;
            url: string;
            events: ("succeeded" | "failed" | "cancelled")[];
            labels: {
                [key: string]: string;
            };
            createdAt: string;
            createdBy: string;
            /** @description What signs its deliveries: shown this once */
            secret: string;
        };
        WebhookList: {
            items: components["schemas"]["Webhook"][];
            next?: string;
        };
        Webhook: {
            project: string;
            name: string;
            url: string;
            events: ("succeeded" | "failed" | "cancelled")[];
            labels: {
                [key: string]: string;
            };
            createdAt: string;
            createdBy: string;
        };
        CreateKeyRequest: {
            /** @description Who uses it: its owner is shown as key/NAME */
            name: string;
            /** @description Built-in or custom roles */
            roles: string[];
            /** @description Only in these projects */
            projects?: string[];
            /** @description Only for these queues */
            queues?: string[];
            /** @description Of a worker: only these handlers */
            handlers?: string[];
            /** @description Absent: until it is revoked */
            expiresIn?: string;
        };
        NewKey: {
            id: string;
            name: string;
            /** @description What the key begins with, to recognise it by */
            prefix: string;
            roles: string[];
            scope: {
                projects?: string[];
                queues?: string[];
                handlers?: string[];
            };
            /** @enum {string} */
            state: "active" | "expired" | "revoked";
            createdAt: string;
            createdBy?: string;
            expiresAt?: string;
            revokedAt?: string;
            /** @description Until then the secret before the last rotation is taken, too */
            previousEndsAt?: string;
            /** @description The key itself: shown this once */
            key: string;
        };
        KeyList: {
            items: components["schemas"]["Key"][];
            next?: string;
        };
        Key: {
            id: string;
            name: string;
            /** @description What the key begins with, to recognise it by */
            prefix: string;
            roles: string[];
            scope: {
                projects?: string[];
                queues?: string[];
                handlers?: string[];
            };
            /** @enum {string} */
            state: "active" | "expired" | "revoked";
            createdAt: string;
            createdBy?: string;
            expiresAt?: string;
            revokedAt?: string;
            /** @description Until then the secret before the last rotation is taken, too */
            previousEndsAt?: string;
        };
        RotateKeyRequest: {
            /** @description How long the old secret is taken as well (default 1h) */
            grace?: string;
        };
        PutRoleRequest: {
            /** @default  */
            description?: string;
            /** @description What it allows; `capstan auth matrix` lists them */
            operations: string[];
        };
        Role: {
            name: string;
            builtIn: boolean;
            description: string;
            operations: string[];
            createdAt?: string;
            createdBy?: string;
        };
        RoleList: {
            items: components["schemas"]["Role"][];
        };
        PutBindingRequest: {
            /** @description Who: user:ada@example.org, group:research, service:github:repo:… */
            subject: string;
            /** @description Built-in or custom */
            role: string;
            /** @description Only in these projects */
            projects?: string[];
            /** @description Only for these queues */
            queues?: string[];
            /** @description Of a worker: only these handlers */
            handlers?: string[];
        };
        RoleBinding: {
            name: string;
            subject: string;
            role: string;
            scope: {
                projects?: string[];
                queues?: string[];
                handlers?: string[];
            };
            createdAt: string;
            createdBy: string;
        };
        RoleBindingList: {
            items: components["schemas"]["RoleBinding"][];
            next?: string;
        };
        WhoAmI: {
            id: string;
            kind: string;
            groups: string[];
            grants: {
                role: string;
                permissions: string[];
                operations: string[];
                scope: {
                    projects?: string[];
                    queues?: string[];
                    handlers?: string[];
                };
            }[];
            /** @description Id of the key or session */
            credential?: string;
            /** @description When the access token that was shown ends */
            tokenEndsAt?: string;
        };
        CanI: {
            allowed: boolean;
            why: string;
        };
        PermissionMatrix: {
            roles: string[];
            operations: {
                name: string;
                summary: string;
                permission: string;
                effect: string;
                /** @description Roles that may */
                roles: string[];
            }[];
        };
        AccessToken: {
            /** @description Send it as `Authorization: Bearer TOKEN` */
            token: string;
            /** @constant */
            tokenType: "Bearer";
            endsAt: string;
        };
        RotatedSigningKey: {
            /** @description Signs from a few seconds on; tokens of the one before stay valid */
            kid: string;
        };
        SignInSettings: {
            /** @description Where people sign in; absent: by key only */
            oidc?: {
                issuer: string;
                clientId: string;
                scope: string;
            };
        };
        OidcAuthRequest: {
            idToken: string;
        };
        SignedIn: {
            /** @description Send it as `Authorization: Bearer TOKEN` */
            token: string;
            /** @constant */
            tokenType: "Bearer";
            endsAt: string;
            /** @description Who has signed in */
            id: string;
            session: string;
            sessionEndsAt: string;
            /** @description Gets the next access token, once; shown this once */
            refresh?: string;
        };
        ExchangeAuthRequest: {
            token: string;
        };
        RefreshAuthRequest: {
            refresh: string;
        };
        BeginAuthRequest: {
            /** @description http://127.0.0.1:PORT/callback or http://[::1]:PORT/callback */
            redirectUri: string;
        };
        SignInBegun: {
            /** @description The page of the issuer to open in a browser */
            url: string;
            /** @description Until when the sign-in can be completed */
            endsAt: string;
            /** @description Sealed; give it back with the code, and show it to nobody */
            transaction: string;
        };
        CompleteAuthRequest: {
            /** @description As the issuer gave it to the redirect URI */
            code: string;
            /** @description As it came back */
            state: string;
            /** @description As it came back, where it did (RFC 9207) */
            iss?: string;
            transaction: string;
        };
        BeginConsoleRequest: {
            /** @description One of those in the setting oidc.redirectUris */
            redirectUri: string;
        };
        CompleteConsoleRequest: {
            /** @description As the issuer gave it to the redirect URI */
            code: string;
            /** @description As it came back */
            state: string;
            /** @description As it came back, where it did (RFC 9207) */
            iss?: string;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
            next?: string;
        };
        Session: {
            id: string;
            subject: string;
            groups: string[];
            method: string;
            createdAt: string;
            usedAt: string;
            expiresAt: string;
            /** @description The one that this request was made under */
            current: boolean;
        };
        Ended: {
            ended: boolean;
        };
        NodeList: {
            items: {
                agent: string;
                name: string;
                connected: boolean;
                allocatable: {
                    [key: string]: string;
                };
                labels: {
                    [key: string]: string;
                };
                /** @description Members that do not tolerate them are not put there */
                taints?: {
                    key: string;
                    value?: string;
                    effect: string;
                }[];
                /** @description Cordoned: what runs there stays, nothing is added */
                unschedulable?: boolean;
                lastHeard: string;
            }[];
        };
        AuditList: {
            items: components["schemas"]["AuditRecord"][];
            next?: string;
        };
        AuditRecord: {
            id: number;
            at: string;
            principal: string;
            kind: string;
            operation: string;
            /** @description change, read, sign-in or refusal */
            effect: string;
            outcome: string;
            project?: string;
            /** @description How many operations it stands for */
            count: number;
            items: ({
                project?: string;
                name?: string;
                uid?: string;
                /** @description The state that a job came into */
                state?: string;
                request?: string;
                address?: string;
                /** @description SHA-256 of the input, without what may be secret */
                input?: string;
                /** @description Names of the fields of the input */
                fields?: string[];
            } & {
                [key: string]: unknown;
            })[];
            /** @description SHA-256 of the items */
            digest: string;
            chain: string;
            /** @description Absent until it is sealed */
            block?: {
                height: number;
                place: number;
            };
        };
        /** @description A line of the export, as `capstan audit verify` reads it */
        AuditLine: {
            /** @enum {string} */
            type: "begin" | "retention" | "head" | "block" | "record" | "end";
        } & {
            [key: string]: unknown;
        };
        AuditHeadList: {
            items: components["schemas"]["AuditHead"][];
            next?: string;
            /** @description PEM of the key that this server signs with */
            publicKey: string;
        };
        AuditHead: {
            number: number;
            at: string;
            epoch: string;
            chains: {
                chain: string;
                height: number;
                hash: string;
            }[];
            keyId: string;
            /** @description Ed25519 of `body`, base64url */
            signature: string;
            body: string;
        };
        AuditVerdict: {
            ok: boolean;
            findings: {
                kind: string;
                chain?: string;
                height?: number;
                record?: number;
                head?: number;
                message: string;
            }[];
            chains: number;
            blocks: number;
            records: number;
            /** @description Operations that the records stand for */
            items: number;
            heads: number;
            /** @description Records that no block seals yet */
            unsealed: number;
            /** @description Heads kept outside that are younger than the export */
            youngerHeads: number;
        };
        AuditFindings: {
            items: {
                /** @description denied-burst, denied-probing, guessed-credential, new-place, unusual-reads */
                rule: string;
                at: string;
                principal: string;
                address?: string;
                /** @description How many operations it is about */
                count: number;
                /** @description Id of the record at which it was noticed */
                record: number;
                message: string;
            }[];
            since: string;
            /** @description How many records were looked at */
            records: number;
            /** @description False: there were more, and only the newest were looked at */
            complete: boolean;
        };
        Version: {
            version: string;
            apiVersion: string;
            runtime: string;
        };
        Doctor: {
            at: string;
            version: string;
            items: {
                /** @description What was looked at */
                check: string;
                /** @enum {string} */
                level: "ok" | "warning" | "error";
                what: string;
                /** @description What comes of it */
                why?: string;
                /** @description How to mend it */
                next?: string;
            }[];
        };
        Error: {
            error: {
                code: string;
                message: string;
                /** @description What to do about it */
                next: string;
                details: {
                    /** @description Where: spec.roles[0].members */
                    path: string;
                    expected: string;
                    got: string;
                    /** @description The nearest known name, or what to do */
                    hint?: string;
                }[];
                request_id: string;
            };
        };
    };
    responses: {
        /** @description Refused, or failed. `code` is one of those in docs/errors.md */
        Error: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "job.not_found",
                 *         "message": "there is no job digits in project vision",
                 *         "next": "`capstan get jobs -A` lists those you may see.",
                 *         "details": [],
                 *         "request_id": "0b6f2c0e-6a55-4c1b-9c2e-6d4a5d0f3f10"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "job.list": {
        parameters: {
            query?: {
                /** @description Only of this project */
                project?: string;
                /** @description Only in these states, separated by commas */
                state?: ("pending" | "admitted" | "running" | "unreachable" | "stopping" | "backoff" | "suspended" | "succeeded" | "failed" | "cancelled")[];
                queue?: string;
                type?: "training" | "inference" | "evaluation" | "simulation" | "batch";
                /** @description Only tasks of this handler */
                handler?: string;
                /** @description Label selector, as kubectl spells it */
                selector?: string;
                /** @description Submitted within this time */
                newerThan?: string;
                /** @description Submitted longer ago than this */
                olderThan?: string;
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.submit": {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key is done once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitJobRequest"];
            };
        };
        responses: {
            /** @description It was there already, or this was a dry run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmittedJob"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmittedJob"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.submit-batch": {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key is done once */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submit-batchJobRequest"];
            };
        };
        responses: {
            /** @description It was there already, or this was a dry run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.wait": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WaitJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.watch": {
        parameters: {
            query?: {
                project?: string;
                /** @description Name (with project) or uid of one job: its present state comes first */
                job?: string;
                /** @description Continue after this id */
                after?: string;
            };
            header?: {
                /** @description Continue after this id, as a browser sends it by itself; stands for `after` */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events. `item`: its `data` is one item as JSON, its `id` resumes after it (`Last-Event-ID`).
             *     `end`: nothing follows. `error`: its `data` is an error body; with `server.stopping`, connect again and
             *     continue. Comments show that a silent stream lives.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.update": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.cancel": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.suspend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SuspendJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ResumeJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.redrive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RedriveJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.redrive-many": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Redrive-manyJobRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedriveAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.logs": {
        parameters: {
            query?: {
                /** @description Default: the latest that has started */
                attempt?: number;
                role?: string;
                /** @description Index within its role */
                member?: number;
                /** @description Go on until the attempt has ended */
                follow?: boolean | ("true" | "false");
                /** @description Only the last lines of each member */
                tail?: number;
                /** @description Continue after this line id */
                after?: string;
            };
            header?: {
                /** @description Continue after this id, as a browser sends it by itself; stands for `after` */
                "Last-Event-ID"?: string;
            };
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events. `item`: its `data` is one item as JSON, its `id` resumes after it (`Last-Event-ID`).
             *     `end`: nothing follows. `error`: its `data` is an error body; with `server.stopping`, connect again and
             *     continue. Comments show that a silent stream lives.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.output": {
        parameters: {
            query?: {
                attempt?: number;
            };
            header?: never;
            path: {
                project: string;
                job: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "task.result": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "task.payload": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "worker.list": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkerList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "worker.upload": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uid: string;
                attempt: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadWorkerRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedResult"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "worker.payload": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uid: string;
                attempt: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "worker.dependency": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                uid: string;
                attempt: number;
                /** @description The task that was waited for */
                on: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "event.list": {
        parameters: {
            query?: {
                project?: string;
                /** @description Name (with project) or uid of one job */
                job?: string;
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "event.follow": {
        parameters: {
            query?: {
                project?: string;
                /** @description Name (with project) or uid of one job */
                job?: string;
                /** @description Continue after this event id; absent: from now on; "start": from the first kept */
                after?: string;
            };
            header?: {
                /** @description Continue after this id, as a browser sends it by itself; stands for `after` */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events. `item`: its `data` is one item as JSON, its `id` resumes after it (`Last-Event-ID`).
             *     `end`: nothing follows. `error`: its `data` is an error body; with `server.stopping`, connect again and
             *     continue. Comments show that a silent stream lives.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "project.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "project.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PutProjectRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "project.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "project.list": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "queue.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "queue.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PutQueueRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "queue.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "queue.list": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "job.why": {
        parameters: {
            query?: {
                /** @description Also the smallest changes that would start it now; takes up to two seconds */
                help?: string | boolean;
            };
            header?: never;
            path: {
                project: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Why"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "scheduling.what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["What-ifSchedulingRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "scheduling.decisions": {
        parameters: {
            query?: {
                /** @description Number of the first */
                from?: number;
                /** @description Begins at the base before it, without which it can not be made again; false for further pages */
                base?: string | boolean;
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "flavor.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flavor"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "flavor.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PutFlavorRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flavor"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "flavor.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "flavor.list": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlavorList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "grant.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                queue: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PutGrantRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueGrant"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "grant.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                queue: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "grant.list": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueGrantList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.get": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutScheduleRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.list": {
        parameters: {
            query?: {
                /** @description Only of this project */
                project?: string;
                /** @description Label selector, as kubectl spells it */
                selector?: string;
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.suspend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.resume": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "schedule.trigger": {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key is done once */
                "Idempotency-Key"?: string;
            };
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TriggerScheduleRequest"];
            };
        };
        responses: {
            /** @description It was there already, or this was a dry run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggeredSchedule"];
                };
            };
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggeredSchedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "webhook.list": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "webhook.create": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "webhook.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "key.list": {
        parameters: {
            query?: {
                /** @description Those that have ended as well */
                all?: boolean | ("true" | "false");
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "key.create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateKeyRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "key.revoke": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "key.rotate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateKeyRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "role.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutRoleRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "role.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "role.list": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "binding.put": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutBindingRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleBinding"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "binding.delete": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deleted"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "binding.list": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleBindingList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.whoami": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.can-i": {
        parameters: {
            query: {
                operation: string;
                project?: string;
                queue?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CanI"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.matrix": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PermissionMatrix"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.token": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessToken"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.rotate-signing-key": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSigningKey"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.settings": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInSettings"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcAuthRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.exchange": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExchangeAuthRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshAuthRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginAuthRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInBegun"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "auth.complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteAuthRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "console.begin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BeginConsoleRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The page of the issuer to open in a browser */
                        url: string;
                        /** @description Until when the sign-in can be completed */
                        endsAt: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "console.complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie: {
                /** @description As the server set it; without `__Host-` where it is reached in plain text on loopback */
                "__Host-capstan-sign-in": string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompleteConsoleRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Who has signed in */
                        id: string;
                        session: string;
                        sessionEndsAt: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "session.list": {
        parameters: {
            query?: {
                /** @description Of everybody; needs session:read */
                all?: boolean | ("true" | "false");
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "session.end": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "node.list": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "audit.list": {
        parameters: {
            query?: {
                /** @description Such as key/ci or system/scheduler */
                principal?: string;
                /** @description Such as job.submit */
                operation?: string;
                project?: string;
                since?: string;
                until?: string;
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "audit.export": {
        parameters: {
            query?: {
                /** @description Such as key/ci or system/scheduler */
                principal?: string;
                /** @description Such as job.submit */
                operation?: string;
                project?: string;
                since?: string;
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events. `item`: its `data` is one item as JSON, its `id` resumes after it (`Last-Event-ID`).
             *     `end`: nothing follows. `error`: its `data` is an error body; with `server.stopping`, connect again and
             *     continue. Comments show that a silent stream lives.
             */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "audit.heads": {
        parameters: {
            query?: {
                cursor?: string;
                /** @description Items a page */
                limit?: number;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHeadList"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "audit.verify": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "audit.findings": {
        parameters: {
            query?: {
                /** @description Default: a day ago; what was usual is taken from the 30 days before */
                since?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditFindings"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "system.version": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "system.doctor": {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Doctor"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "server.live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    "server.ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Yes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Not now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    "server.metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    "server.openapi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
}
