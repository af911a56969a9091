#include "divisions.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

// Made by Scripts/divisions.py.
static const unsigned char table[] = {
#embed "divisions.zst"
};

const unsigned char *hydrant_divisions(void) { return table; }

size_t hydrant_divisions_size(void) { return sizeof table; }
