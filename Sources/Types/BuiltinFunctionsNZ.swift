// Printed by scripts/types/builtins.py; see Builtins.swift for the format.
extension Builtins {
    /// Functions whose names come from n on.
    static let functionsNZ = #"""
        name: text>name bpchar>name varchar>name netmask: inet>inet network: inet>cidr nextval: regclass>int8
        normalize: text,text?>text notlike: text,text>bool name,text>bool bytea,bytea>bool now: >timestamptz
        nth_value: anyelement,int4>anyelement ntile: int4>int4 num_nonnulls: *any>int4 num_nulls: *any>int4 numeric:
        numeric,int4>numeric int4>numeric float4>numeric float8>numeric int8>numeric int2>numeric jsonb>numeric
        money>numeric nummultirange: >nummultirange numrange>nummultirange *_numrange>nummultirange numrange:
        numeric,numeric>numrange numeric,numeric,text>numrange obj_description: oid,name>text oid>text octet_length:
        bytea>int4 text>int4 bpchar>int4 bit>int4 oid: int8>oid overlaps: timetz,timetz,timetz,timetz>bool
        timestamptz,timestamptz,timestamptz,timestamptz>bool timestamptz,interval,timestamptz,interval>bool
        timestamptz,timestamptz,timestamptz,interval>bool timestamptz,interval,timestamptz,timestamptz>bool
        time,time,time,time>bool time,interval,time,interval>bool time,time,time,interval>bool
        time,interval,time,time>bool timestamp,timestamp,timestamp,timestamp>bool
        timestamp,interval,timestamp,interval>bool timestamp,timestamp,timestamp,interval>bool
        timestamp,interval,timestamp,timestamp>bool overlay: bytea,bytea,int4,int4>bytea bytea,bytea,int4>bytea
        text,text,int4,int4>text text,text,int4>text bit,bit,int4,int4>bit bit,bit,int4>bit parse_ident:
        text,bool?>_text percent_rank: >float8 *any>float8 percentile_cont: float8,float8>float8
        float8,interval>interval _float8,float8>_float8 _float8,interval>_interval percentile_disc:
        float8,anyelement>anyelement _float8,anyelement>anyarray pg_advisory_unlock: int8>bool int4,int4>bool
        pg_advisory_unlock_shared: int8>bool int4,int4>bool pg_backend_pid: >int4 pg_client_encoding: >name
        pg_collation_for: any>text pg_column_size: any>int4 pg_current_xact_id: >xid8
        pg_current_xact_id_if_assigned: >xid8 pg_database_size: name>int8 oid>int8 pg_get_serial_sequence:
        text,text>text pg_get_userbyid: oid>name pg_is_in_recovery: >bool pg_relation_size: regclass>int8
        regclass,text>int8 pg_size_bytes: text>int8 pg_size_pretty: int8>text numeric>text pg_table_size:
        regclass>int8 pg_total_relation_size: regclass>int8 pg_try_advisory_lock: int8>bool int4,int4>bool
        pg_try_advisory_lock_shared: int8>bool int4,int4>bool pg_try_advisory_xact_lock: int8>bool int4,int4>bool
        pg_try_advisory_xact_lock_shared: int8>bool int4,int4>bool pg_typeof: any>regtype phraseto_tsquery:
        text>tsquery regconfig,text>tsquery pi: >float8 plainto_tsquery: regconfig,text>tsquery text>tsquery
        position: text,text>int4 bit,bit>int4 bytea,bytea>int4 pow: float8,float8>float8 numeric,numeric>numeric
        power: float8,float8>float8 numeric,numeric>numeric querytree: tsquery>text quote_ident: text>text
        quote_literal: text>text anyelement>text quote_nullable: text>text anyelement>text radians: float8>float8
        random: >float8 range_agg: anyrange>anymultirange anymultirange>anymultirange range_intersect_agg:
        anymultirange>anymultirange anyrange>anyrange range_merge: anyrange,anyrange>anyrange anymultirange>anyrange
        rank: >int8 *any>int8 regclass: text>regclass regexp_count: text,text>int4 text,text,int4>int4
        text,text,int4,text>int4 regexp_instr: text,text>int4 text,text,int4>int4 text,text,int4,int4>int4
        text,text,int4,int4,int4>int4 text,text,int4,int4,int4,text>int4 text,text,int4,int4,int4,text,int4>int4
        regexp_like: text,text>bool text,text,text>bool regexp_match: text,text>_text text,text,text>_text
        regexp_matches: text,text>_text text,text,text>_text regexp_replace: text,text,text>text
        text,text,text,text>text text,text,text,int4,int4,text>text text,text,text,int4,int4>text
        text,text,text,int4>text regexp_split_to_array: text,text>_text text,text,text>_text regexp_split_to_table:
        text,text>text text,text,text>text regexp_substr: text,text>text text,text,int4>text
        text,text,int4,int4>text text,text,int4,int4,text>text text,text,int4,int4,text,int4>text regr_avgx:
        float8,float8>float8 regr_avgy: float8,float8>float8 regr_count: float8,float8>int8 regr_intercept:
        float8,float8>float8 regr_r2: float8,float8>float8 regr_slope: float8,float8>float8 regr_sxx:
        float8,float8>float8 regr_sxy: float8,float8>float8 regr_syy: float8,float8>float8 repeat: text,int4>text
        replace: text,text,text>text reverse: text>text right: text,int4>text round: float8>float8
        numeric,int4>numeric numeric>numeric row_number: >int8 row_security_active: oid>bool text>bool row_to_json:
        record>json record,bool>json rpad: text,int4,text>text text,int4>text rtrim: text,text>text text>text
        bytea,bytea>bytea scale: numeric>int4 session_user: >name set_bit: bytea,int8,int4>bytea bit,int4,int4>bit
        set_byte: bytea,int4,int4>bytea set_config: text,text,bool>text set_masklen: inet,int4>inet cidr,int4>cidr
        setval: regclass,int8>int8 regclass,int8,bool>int8 setweight: tsvector,char,_text>tsvector
        tsvector,char>tsvector sha224: bytea>bytea sha256: bytea>bytea sha384: bytea>bytea sha512: bytea>bytea sign:
        numeric>numeric float8>float8 similar_escape: text,text>text similar_to_escape: text,text>text text>text
        sin: float8>float8 sind: float8>float8 sinh: float8>float8 split_part: text,text,int4>text sqrt:
        float8>float8 numeric>numeric starts_with: text,text>bool statement_timestamp: >timestamptz stddev:
        int8>numeric int4>numeric int2>numeric float4>float8 float8>float8 numeric>numeric stddev_pop: int8>numeric
        int4>numeric int2>numeric float4>float8 float8>float8 numeric>numeric stddev_samp: int8>numeric int4>numeric
        int2>numeric float4>float8 float8>float8 numeric>numeric string_agg: text,text>text bytea,bytea>bytea
        string_to_array: text,text,text>_text text,text>_text string_to_table: text,text>text text,text,text>text
        strip: tsvector>tsvector strpos: text,text>int4 substr: text,int4,int4>text text,int4>text
        bytea,int4,int4>bytea bytea,int4>bytea substring: text,int4,int4>text text,int4>text bit,int4,int4>bit
        bit,int4>bit bytea,int4,int4>bytea bytea,int4>bytea text,text>text text,text,text>text sum: int8>numeric
        int4>int8 int2>int8 float4>float4 float8>float8 money>money interval>interval numeric>numeric tan:
        float8>float8 tand: float8>float8 tanh: float8>float8 text: bpchar>text name>text inet>text char>text
        xml>text bool>text time: timestamp>time interval>time time,int4>time timestamptz>time timetz>time timeofday:
        >text timestamp: timestamp,int4>timestamp date>timestamp date,time>timestamp timestamptz>timestamp
        timestamptz: date>timestamptz date,time>timestamptz date,timetz>timestamptz timestamptz,int4>timestamptz
        timestamp>timestamptz timetz: timestamptz>timetz timetz,int4>timetz time>timetz timezone:
        interval,timestamptz>timestamp text,timestamptz>timestamp text,timetz>timetz interval,timetz>timetz
        text,timestamp>timestamptz interval,timestamp>timestamptz to_ascii: text>text text,int4>text text,name>text
        to_char: interval,text>text timestamptz,text>text numeric,text>text int4,text>text int8,text>text
        float4,text>text float8,text>text timestamp,text>text to_date: text,text>date to_hex: int4>text int8>text
        to_json: anyelement>json to_jsonb: anyelement>jsonb to_number: text,text>numeric to_regclass: text>regclass
        to_regcollation: text>regcollation to_regnamespace: text>regnamespace to_regoper: text>regoper
        to_regoperator: text>regoperator to_regproc: text>regproc to_regprocedure: text>regprocedure to_regrole:
        text>regrole to_regtype: text>regtype to_timestamp: float8>timestamptz text,text>timestamptz to_tsquery:
        regconfig,text>tsquery text>tsquery to_tsvector: regconfig,text>tsvector text>tsvector jsonb>tsvector
        json>tsvector regconfig,jsonb>tsvector regconfig,json>tsvector transaction_timestamp: >timestamptz
        translate: text,text,text>text trim_array: anyarray,int4>anyarray trim_scale: numeric>numeric trunc:
        macaddr>macaddr float8>float8 numeric,int4>numeric numeric>numeric macaddr8>macaddr8 ts_debug:
        regconfig,text>record text>record ts_delete: tsvector,text>tsvector tsvector,_text>tsvector ts_filter:
        tsvector,_char>tsvector ts_headline: regconfig,text,tsquery,text>text regconfig,text,tsquery>text
        text,tsquery,text>text text,tsquery>text regconfig,jsonb,tsquery,text>jsonb regconfig,jsonb,tsquery>jsonb
        jsonb,tsquery,text>jsonb jsonb,tsquery>jsonb regconfig,json,tsquery,text>json regconfig,json,tsquery>json
        json,tsquery,text>json json,tsquery>json ts_lexize: regdictionary,text>_text ts_parse: oid,text>record
        text,text>record ts_rank: _float4,tsvector,tsquery,int4>float4 _float4,tsvector,tsquery>float4
        tsvector,tsquery,int4>float4 tsvector,tsquery>float4 ts_rank_cd: _float4,tsvector,tsquery,int4>float4
        _float4,tsvector,tsquery>float4 tsvector,tsquery,int4>float4 tsvector,tsquery>float4 ts_rewrite:
        tsquery,tsquery,tsquery>tsquery tsquery,text>tsquery ts_token_type: oid>record text>record tsmultirange:
        >tsmultirange tsrange>tsmultirange *_tsrange>tsmultirange tsquery_phrase: tsquery,tsquery>tsquery
        tsquery,tsquery,int4>tsquery tsrange: timestamp,timestamp>tsrange timestamp,timestamp,text>tsrange
        tstzmultirange: >tstzmultirange tstzrange>tstzmultirange *_tstzrange>tstzmultirange tstzrange:
        timestamptz,timestamptz>tstzrange timestamptz,timestamptz,text>tstzrange tsvector_to_array: tsvector>_text
        txid_current: >int8 txid_current_if_assigned: >int8 txid_current_snapshot: >txid_snapshot txid_snapshot_xip:
        txid_snapshot>int8 txid_snapshot_xmax: txid_snapshot>int8 txid_snapshot_xmin: txid_snapshot>int8
        txid_status: int8>text txid_visible_in_snapshot: int8,txid_snapshot>bool unistr: text>text unnest:
        anymultirange>anyrange anyarray>anyelement tsvector>record upper: text>text anyrange>anyelement
        anymultirange>anyelement upper_inc: anyrange>bool anymultirange>bool upper_inf: anyrange>bool
        anymultirange>bool var_pop: int8>numeric int4>numeric int2>numeric float4>float8 float8>float8
        numeric>numeric var_samp: int8>numeric int4>numeric int2>numeric float4>float8 float8>float8 numeric>numeric
        varbit: varbit,int4,bool>varbit varchar: varchar,int4,bool>varchar name>varchar variance: int8>numeric
        int4>numeric int2>numeric float4>float8 float8>float8 numeric>numeric version: >text websearch_to_tsquery:
        regconfig,text>tsquery text>tsquery width_bucket: float8,float8,float8,int4>int4
        numeric,numeric,numeric,int4>int4 anycompatible,anycompatiblearray>int4 xid: xid8>xid xml: text>xml
        xml_is_well_formed: text>bool xml_is_well_formed_content: text>bool xml_is_well_formed_document: text>bool
        xmlagg: xml>xml xmlcomment: text>xml xmlexists: text,xml>bool xmlvalidate: xml,text>bool xpath:
        text,xml,_text>_xml text,xml>_xml xpath_exists: text,xml,_text>bool text,xml>bool
        """#
}
