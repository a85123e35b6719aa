/* Documents in compound files (MS-CFB), which libgsf takes apart. */
#ifndef ASH_EXTRACT_OLE_H
#define ASH_EXTRACT_OLE_H

#include "extract/job.h"

/* Readers of the streams; what they are given lives during the call. */
ash_readout ash_read_doc(ash_job *j, ash_view document, ash_view table0, ash_view table1);
ash_readout ash_read_xls(ash_job *j, ash_view workbook);
ash_readout ash_read_ppt(ash_job *j, ash_view document);

#endif
