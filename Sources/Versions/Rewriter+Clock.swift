import Steps

extension Rewriter {
    /// An attempt to take an advisory lock: a build has nobody to wait for, and each model is a session of its own, which
    /// would not get what another one holds.
    mutating func lockOutcome(_ name: String, at open: Int) -> (Int, SQLTemplate)? {
        let locks = [
            "pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_try_advisory_lock_shared",
            "pg_try_advisory_xact_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_shared",
        ]
        guard locks.contains(name), source.kind(open) == .leftParen else { return nil }
        lowerer.note(
            "\(name) is taken for granted: run no two builds of the pipeline at a time", code: "P2D-206",
            range: lowerer.currentStep)
        return (source.closing(of: open) + 1, "true")
    }

    /// Settings of the application's own live in the caller's session.
    func refuseSessionSetting(_ name: String, at open: Int) throws {
        guard name == "current_setting" || name == "set_config", source.kind(open) == .leftParen else { return }
        let isBuiltIn =
            name == "current_setting" && source.kind(open + 1) == .string
            && StringToken.decode(source.text(open + 1))?.contains(".") == false
        guard !isBuiltIn else { return }
        throw Refusal(code: .sideEffect, detail: "\(name) speaks of the caller's session, which a build does not have")
    }
}

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
            case "txid_current", "pg_current_xact_id":
                // One number for the whole call: what keeps it is computed once, as a random value is.
                taint.insert(.clock)
                if lowerer.iterations.isEmpty { isVolatile = true }
                return nil
            case "current_database", "pg_backend_pid", "inet_client_addr",
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
