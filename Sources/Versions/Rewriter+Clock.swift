import Steps

/// The time of the call, and what differs in each session as the time does in each call.
extension Rewriter {
    /// `now()` and its relatives are one instant for the whole call.
    mutating func clock(_ index: Int, isCall: Bool) -> (Int, SQLTemplate)? {
        let word = source.name(index)
        if isCall {
            switch word {
            case "now", "transaction_timestamp", "statement_timestamp":
                guard source.kind(index + 2) == .rightParen else { return nil }
                taint.insert(.clock)
                return (index + 3, SQLTemplate(.callTimestamp))
            case "clock_timestamp", "timeofday":
                taint.insert(.clock)
                return nil
            case "random", "gen_random_uuid", "uuid_generate_v4", "random_normal", "setseed", "gen_random_bytes",
                "uuidv4", "uuidv7":
                taint.insert(.chance)
                isVolatile = true
                return nil
            case "current_database", "pg_backend_pid", "txid_current", "pg_current_xact_id", "inet_client_addr",
                "inet_server_addr", "pg_postmaster_start_time", "version":
                // Other in each session or database, as the clock is in each call.
                taint.insert(.clock)
                return nil
            case "current_timestamp", "localtimestamp":
                // With a precision: cast to it.
                let digits = source.text(source.inside(index + 1))
                taint.insert(.clock)
                let zone = word == "localtimestamp" ? "without" : "with"
                return (
                    source.closing(of: index + 1) + 1,
                    "cast(\(SQLTemplate(.callTimestamp)) as timestamp(\(digits)) \(zone) time zone)"
                )
            default: return nil
            }
        }
        let cast: String
        switch word {
        case "current_timestamp":
            taint.insert(.clock)
            return (index + 1, SQLTemplate(.callTimestamp))
        case "current_date": cast = "date"
        case "localtimestamp": cast = "timestamp without time zone"
        case "current_time": cast = "time with time zone"
        case "localtime": cast = "time without time zone"
        default: return nil
        }
        taint.insert(.clock)
        return (index + 1, "cast(\(SQLTemplate(.callTimestamp)) as \(cast))")
    }
}
