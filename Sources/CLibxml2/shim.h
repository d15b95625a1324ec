// Debian builds libxml2 with ICU, whose headers clash with Foundation's own copy of UErrorCode.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <libxml/parser.h>
