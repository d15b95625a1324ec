// The part of the ODBC 3 interface that is used, for a driver manager that is loaded at run time: no header and no library
// of unixODBC's is needed to build. See "ODBC API Reference".
#ifndef PROC2DBT_ODBC_H
#define PROC2DBT_ODBC_H

#include <stdint.h>

typedef int16_t (*odbc_alloc_function)(int16_t kind, void *parent, void **handle);
typedef int16_t (*odbc_free_function)(int16_t kind, void *handle);
typedef int16_t (*odbc_set_attribute_function)(void *handle, int32_t attribute, void *value, int32_t length);
typedef int16_t (*odbc_driver_connect_function)(
    void *connection, void *window, const uint8_t *text, int16_t length, uint8_t *out, int16_t out_size,
    int16_t *out_length, uint16_t completion);
typedef int16_t (*odbc_handle_function)(void *handle);
typedef int16_t (*odbc_execute_function)(void *statement, const uint8_t *text, int32_t length);
typedef int16_t (*odbc_count_function)(void *statement, int16_t *count);
typedef int16_t (*odbc_describe_function)(
    void *statement, uint16_t column, uint8_t *name, int16_t name_size, int16_t *name_length, int16_t *type, uint64_t *size,
    int16_t *digits, int16_t *nullable);
typedef int16_t (*odbc_column_attribute_function)(
    void *statement, uint16_t column, uint16_t field, void *text, int16_t text_size, int16_t *text_length, int64_t *number);
typedef int16_t (*odbc_get_data_function)(
    void *statement, uint16_t column, int16_t type, void *value, int64_t size, int64_t *length);
typedef int16_t (*odbc_diagnostic_function)(
    int16_t kind, void *handle, int16_t record, uint8_t *state, int32_t *native, uint8_t *message, int16_t size,
    int16_t *length);
typedef int16_t (*odbc_info_function)(void *connection, uint16_t kind, void *value, int16_t size, int16_t *length);
typedef int16_t (*odbc_primary_keys_function)(
    void *statement, const uint8_t *catalog, int16_t catalog_length, const uint8_t *schema, int16_t schema_length,
    const uint8_t *table, int16_t table_length);

#endif
