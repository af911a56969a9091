#pragma once

#include <stddef.h>

/// The table of official divisions of China, zstd; made by Scripts/divisions.py, described in docs/addresses.md.
const unsigned char *_Nonnull hydrant_divisions(void);

/// How many bytes it has.
size_t hydrant_divisions_size(void);
