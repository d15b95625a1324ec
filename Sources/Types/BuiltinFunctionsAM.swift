// Printed by scripts/types/builtins.py; see Builtins.swift for the format.
extension Builtins {
    /// Functions whose names come before n.
    static let functionsAM = #"""
        abbrev: inet>text cidr>text abs: float4>float4 float8>float8 int8>int8 int4>int4 int2>int2 numeric>numeric
        acos: float8>float8 acosd: float8>float8 acosh: float8>float8 age: xid>int4 timestamptz,timestamptz>interval
        timestamptz>interval timestamp,timestamp>interval timestamp>interval array_agg: anynonarray>anyarray
        anyarray>anyarray array_append: anycompatiblearray,anycompatible>anycompatiblearray array_cat:
        anycompatiblearray,anycompatiblearray>anycompatiblearray array_dims: anyarray>text array_fill:
        anyelement,_int4>anyarray anyelement,_int4,_int4>anyarray array_length: anyarray,int4>int4 array_lower:
        anyarray,int4>int4 array_ndims: anyarray>int4 array_position: anycompatiblearray,anycompatible>int4
        anycompatiblearray,anycompatible,int4>int4 array_positions: anycompatiblearray,anycompatible>_int4
        array_prepend: anycompatible,anycompatiblearray>anycompatiblearray array_remove:
        anycompatiblearray,anycompatible>anycompatiblearray array_replace:
        anycompatiblearray,anycompatible,anycompatible>anycompatiblearray array_to_json: anyarray>json
        anyarray,bool>json array_to_string: anyarray,text,text>text anyarray,text>text array_to_tsvector:
        _text>tsvector array_upper: anyarray,int4>int4 ascii: text>int4 asin: float8>float8 asind: float8>float8
        asinh: float8>float8 atan: float8>float8 atan2: float8,float8>float8 atan2d: float8,float8>float8 atand:
        float8>float8 atanh: float8>float8 avg: int8>numeric int4>numeric int2>numeric numeric>numeric float4>float8
        float8>float8 interval>interval bit: int4,int4>bit bit,int4,bool>bit int8,int4>bit bit_and: int2>int2
        int4>int4 int8>int8 bit>bit bit_count: bit>int8 bytea>int8 bit_length: bytea>int4 text>int4 bit>int4 bit_or:
        int2>int2 int4>int4 int8>int8 bit>bit bit_xor: int2>int2 int4>int4 int8>int8 bit>bit bool: int4>bool
        jsonb>bool bool_and: bool>bool bool_or: bool>bool bpchar: name>bpchar bpchar,int4,bool>bpchar char>bpchar
        broadcast: inet>inet btrim: text,text>text text>text bytea,bytea>bytea cardinality: anyarray>int4
        cash_words: money>text cbrt: float8>float8 ceil: numeric>numeric float8>float8 ceiling: numeric>numeric
        float8>float8 char: int4>char text>char char_length: bpchar>int4 text>int4 character_length: bpchar>int4
        text>int4 chr: int4>text cidr: inet>cidr clock_timestamp: >timestamptz col_description: oid,int4>text
        concat: *any>text concat_ws: text,*any>text convert: bytea,name,name>bytea convert_from: bytea,name>text
        convert_to: text,name>bytea corr: float8,float8>float8 cos: float8>float8 cosd: float8>float8 cosh:
        float8>float8 cot: float8>float8 cotd: float8>float8 count: any>int8 >int8 covar_pop: float8,float8>float8
        covar_samp: float8,float8>float8 cume_dist: >float8 *any>float8 current_database: >name current_query: >text
        current_schema: >name current_schemas: bool>_name current_setting: text>text text,bool>text current_user:
        >name currval: regclass>int8 date: timestamptz>date timestamp>date date_bin:
        interval,timestamp,timestamp>timestamp interval,timestamptz,timestamptz>timestamptz date_part:
        text,timestamptz>float8 text,interval>float8 text,timetz>float8 text,date>float8 text,time>float8
        text,timestamp>float8 date_trunc: text,timestamptz>timestamptz text,interval>interval
        text,timestamptz,text>timestamptz text,timestamp>timestamp datemultirange: >datemultirange
        daterange>datemultirange *_daterange>datemultirange daterange: date,date>daterange date,date,text>daterange
        decode: text,text>bytea degrees: float8>float8 dense_rank: >int8 *any>int8 div: numeric,numeric>numeric
        encode: bytea,text>text enum_first: anyenum>anyenum enum_last: anyenum>anyenum enum_range:
        anyenum,anyenum>anyarray anyenum>anyarray every: bool>bool exp: float8>float8 numeric>numeric extract:
        text,date>numeric text,time>numeric text,timetz>numeric text,timestamp>numeric text,timestamptz>numeric
        text,interval>numeric factorial: int8>numeric family: inet>int4 first_value: anyelement>anyelement float4:
        int2>float4 float8>float4 int4>float4 int8>float4 numeric>float4 jsonb>float4 float8: int2>float8
        float4>float8 int4>float8 int8>float8 numeric>float8 jsonb>float8 floor: numeric>numeric float8>float8
        format: text,*any>text text>text format_type: oid,int4>text gcd: int4,int4>int4 int8,int8>int8
        numeric,numeric>numeric gen_random_uuid: >uuid generate_series: timestamp,timestamp,interval>timestamp
        timestamptz,timestamptz,interval>timestamptz int4,int4,int4>int4 int4,int4>int4 int8,int8,int8>int8
        int8,int8>int8 numeric,numeric,numeric>numeric numeric,numeric>numeric generate_subscripts:
        anyarray,int4,bool>int4 anyarray,int4>int4 get_bit: bytea,int8>int4 bit,int4>int4 get_byte: bytea,int4>int4
        get_current_ts_config: >regconfig hashtext: text>int4 hashtextextended: text,int8>int8 host: inet>text
        hostmask: inet>inet in_range: int8,int8,int8,bool,bool>bool int4,int4,int8,bool,bool>bool
        int4,int4,int4,bool,bool>bool int4,int4,int2,bool,bool>bool int2,int2,int8,bool,bool>bool
        int2,int2,int4,bool,bool>bool int2,int2,int2,bool,bool>bool date,date,interval,bool,bool>bool
        timestamp,timestamp,interval,bool,bool>bool timestamptz,timestamptz,interval,bool,bool>bool
        interval,interval,interval,bool,bool>bool time,time,interval,bool,bool>bool
        timetz,timetz,interval,bool,bool>bool float8,float8,float8,bool,bool>bool
        float4,float4,float8,bool,bool>bool numeric,numeric,numeric,bool,bool>bool initcap: text>text int2:
        float8>int2 float4>int2 int4>int2 int8>int2 numeric>int2 jsonb>int2 int4: char>int4 int2>int4 float8>int4
        float4>int4 int8>int4 bit>int4 numeric>int4 bool>int4 jsonb>int4 int4multirange: >int4multirange
        int4range>int4multirange *_int4range>int4multirange int4range: int4,int4>int4range int4,int4,text>int4range
        int8: int4>int8 float8>int8 float4>int8 int2>int8 oid>int8 numeric>int8 bit>int8 jsonb>int8 int8multirange:
        >int8multirange int8range>int8multirange *_int8range>int8multirange int8range: int8,int8>int8range
        int8,int8,text>int8range interval: interval,int4>interval time>interval is_normalized: text,text?>bool
        isempty: anyrange>bool anymultirange>bool isfinite: date>bool timestamptz>bool interval>bool timestamp>bool
        json_agg: anyelement>json json_array_elements: json>json json_array_elements_text: json>text
        json_array_length: json>int4 json_build_array: *any>json >json json_build_object: *any>json >json json_each:
        json>record json_each_text: json>record json_extract_path: json,*_text>json json_extract_path_text:
        json,*_text>text json_object: _text>json _text,_text>json json_object_agg: any,any>json json_object_keys:
        json>text json_populate_record: anyelement,json,bool?>anyelement json_populate_recordset:
        anyelement,json,bool?>anyelement json_strip_nulls: json>json json_to_record: json>record json_to_recordset:
        json>record json_to_tsvector: json,jsonb>tsvector regconfig,json,jsonb>tsvector json_typeof: json>text
        jsonb_agg: anyelement>jsonb jsonb_array_elements: jsonb>jsonb jsonb_array_elements_text: jsonb>text
        jsonb_array_length: jsonb>int4 jsonb_build_array: *any>jsonb >jsonb jsonb_build_object: *any>jsonb >jsonb
        jsonb_each: jsonb>record jsonb_each_text: jsonb>record jsonb_extract_path: jsonb,*_text>jsonb
        jsonb_extract_path_text: jsonb,*_text>text jsonb_insert: jsonb,_text,jsonb,bool?>jsonb jsonb_object:
        _text>jsonb _text,_text>jsonb jsonb_object_agg: any,any>jsonb jsonb_object_keys: jsonb>text
        jsonb_path_exists: jsonb,jsonpath,jsonb?,bool?>bool jsonb_path_exists_tz: jsonb,jsonpath,jsonb?,bool?>bool
        jsonb_path_match: jsonb,jsonpath,jsonb?,bool?>bool jsonb_path_match_tz: jsonb,jsonpath,jsonb?,bool?>bool
        jsonb_path_query: jsonb,jsonpath,jsonb?,bool?>jsonb jsonb_path_query_array:
        jsonb,jsonpath,jsonb?,bool?>jsonb jsonb_path_query_array_tz: jsonb,jsonpath,jsonb?,bool?>jsonb
        jsonb_path_query_first: jsonb,jsonpath,jsonb?,bool?>jsonb jsonb_path_query_first_tz:
        jsonb,jsonpath,jsonb?,bool?>jsonb jsonb_path_query_tz: jsonb,jsonpath,jsonb?,bool?>jsonb
        jsonb_populate_record: anyelement,jsonb>anyelement jsonb_populate_recordset: anyelement,jsonb>anyelement
        jsonb_pretty: jsonb>text jsonb_set: jsonb,_text,jsonb,bool?>jsonb jsonb_set_lax:
        jsonb,_text,jsonb,bool?,text?>jsonb jsonb_strip_nulls: jsonb>jsonb jsonb_to_record: jsonb>record
        jsonb_to_recordset: jsonb>record jsonb_to_tsvector: jsonb,jsonb>tsvector regconfig,jsonb,jsonb>tsvector
        jsonb_typeof: jsonb>text justify_days: interval>interval justify_hours: interval>interval justify_interval:
        interval>interval lag: anyelement>anyelement anyelement,int4>anyelement
        anycompatible,int4,anycompatible>anycompatible last_value: anyelement>anyelement lastval: >int8 lcm:
        int4,int4>int4 int8,int8>int8 numeric,numeric>numeric lead: anyelement>anyelement anyelement,int4>anyelement
        anycompatible,int4,anycompatible>anycompatible left: text,int4>text length: text>int4 bpchar>int4
        lseg>float8 path>float8 bit>int4 bytea,name>int4 bytea>int4 tsvector>int4 like: text,text>bool
        name,text>bool bytea,bytea>bool like_escape: text,text>text bytea,bytea>bytea ln: float8>float8
        numeric>numeric log: float8>float8 numeric,numeric>numeric numeric>numeric log10: float8>float8
        numeric>numeric lower: text>text anyrange>anyelement anymultirange>anyelement lower_inc: anyrange>bool
        anymultirange>bool lower_inf: anyrange>bool anymultirange>bool lpad: text,int4,text>text text,int4>text
        ltrim: text,text>text text>text bytea,bytea>bytea macaddr: macaddr8>macaddr macaddr8: macaddr>macaddr8
        make_date: int4,int4,int4>date make_interval: int4?,int4?,int4?,int4?,int4?,int4?,float8?>interval
        make_time: int4,int4,float8>time make_timestamp: int4,int4,int4,int4,int4,float8>timestamp make_timestamptz:
        int4,int4,int4,int4,int4,float8>timestamptz int4,int4,int4,int4,int4,float8,text>timestamptz masklen:
        inet>int4 max: anyarray>anyarray int8>int8 int4>int4 int2>int2 oid>oid float4>float4 float8>float8 date>date
        time>time timetz>timetz money>money timestamp>timestamp timestamptz>timestamptz interval>interval text>text
        numeric>numeric bpchar>bpchar tid>tid anyenum>anyenum inet>inet pg_lsn>pg_lsn xid8>xid8 md5: text>text
        bytea>text min: anyarray>anyarray int8>int8 int4>int4 int2>int2 oid>oid float4>float4 float8>float8
        date>date time>time timetz>timetz money>money timestamp>timestamp timestamptz>timestamptz interval>interval
        text>text numeric>numeric bpchar>bpchar tid>tid anyenum>anyenum inet>inet pg_lsn>pg_lsn xid8>xid8 min_scale:
        numeric>int4 mod: int2,int2>int2 int4,int4>int4 int8,int8>int8 numeric,numeric>numeric mode:
        anyelement>anyelement money: int4>money int8>money numeric>money multirange: anyrange>anymultirange
        mxid_age: xid>int4
        """#
}
