#include <pango/pangocairo.h>
#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <hb-ot.h>
#include <hb-subset.h>
