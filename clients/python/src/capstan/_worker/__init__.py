"""The parts of `capstan.Worker`. The connection lives in a thread of its own (`link`), what is owed to the server
is kept in `ledger`, handlers run on the caller's loop, in threads or in processes (`running`)."""
