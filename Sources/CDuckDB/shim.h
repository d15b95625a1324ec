// The part of DuckDB's C interface that is used, for a library that is loaded at run time: no header and no library of
// DuckDB's is needed to build. See DuckDB's documentation, "C API".
#ifndef PROC2DBT_DUCKDB_H
#define PROC2DBT_DUCKDB_H

#include <stdbool.h>
#include <stdint.h>

// A result is handed over by value; only `internal_data` means anything.
typedef struct {
    uint64_t unused_counts[3];
    void *unused_columns;
    char *unused_message;
    void *internal_data;
} duckdb_result_value;

// Sixteen bytes: short strings stand in the value itself, longer ones behind a pointer.
typedef struct {
    uint32_t length;
    char prefix[4];
    char *pointer;
} duckdb_string_value;

typedef int (*duckdb_open_function)(const char *path, void **database, void *config, char **error);
typedef void (*duckdb_close_function)(void **object);
typedef int (*duckdb_create_function)(void **object);
typedef int (*duckdb_set_config_function)(void *config, const char *name, const char *value);
typedef int (*duckdb_connect_function)(void *database, void **connection);
typedef void (*duckdb_object_function)(void *object);
typedef int (*duckdb_prepare_function)(void *connection, const char *sql, void **statement);
typedef const char *(*duckdb_text_function)(void *object);
typedef int (*duckdb_pending_function)(void *statement, void **pending);
typedef int (*duckdb_execute_function)(void *pending, duckdb_result_value *result);
typedef void *(*duckdb_fetch_function)(duckdb_result_value result);
typedef void (*duckdb_destroy_result_function)(duckdb_result_value *result);
typedef const char *(*duckdb_result_text_function)(duckdb_result_value *result);
typedef uint64_t (*duckdb_result_count_function)(duckdb_result_value *result);
typedef const char *(*duckdb_result_name_function)(duckdb_result_value *result, uint64_t column);
typedef void *(*duckdb_result_object_function)(duckdb_result_value *result, uint64_t column);
typedef uint64_t (*duckdb_count_function)(void *object);
typedef int (*duckdb_number_function)(void *object);
typedef uint8_t (*duckdb_byte_function)(void *object);
typedef char *(*duckdb_owned_text_function)(void *object);
typedef void *(*duckdb_member_function)(void *object);
typedef void *(*duckdb_indexed_function)(void *object, uint64_t index);
typedef const char *(*duckdb_version_function)(void);

#endif
