"""All tables. Rows are records, not validated input: inputs are separate models at the door.

Instants are Unix seconds, days are Beijing calendar days, quantities are thousandths of a unit.
Rows that a promise may rest on are never updated or deleted: a correction is a new row.
"""

from tracer.store.tables.certs import (
    Certificate,
    IssuerKey,
    LogLeaf,
    NumberSequence,
    Recall,
    Voiding,
)
from tracer.store.tables.checks import Finding
from tracer.store.tables.credit import CreditScore, Posting
from tracer.store.tables.farm import (
    Batch,
    BatchEdge,
    Campaign,
    Input,
    InputUse,
    Operation,
    Plot,
    Product,
    ReportItem,
    SourceProof,
    StoredFile,
    TestReport,
)
from tracer.store.tables.house import Idempotency, Revision, Site
from tracer.store.tables.people import Account, ApiToken, Producer, SignIn
from tracer.store.tables.prints import LabelCounter, PrintRun
from tracer.store.tables.scans import (
    JournalPosition,
    OwnDevice,
    Review,
    ScanDay,
    ScanDevice,
    ScanTally,
)
from tracer.store.tables.supervision import Incident, IncidentStep, PublicReport

__all__ = [
    "Account",
    "ApiToken",
    "Batch",
    "BatchEdge",
    "Campaign",
    "Certificate",
    "CreditScore",
    "Finding",
    "Idempotency",
    "Incident",
    "IncidentStep",
    "Input",
    "InputUse",
    "IssuerKey",
    "JournalPosition",
    "LabelCounter",
    "LogLeaf",
    "NumberSequence",
    "Operation",
    "OwnDevice",
    "Plot",
    "Posting",
    "PrintRun",
    "Producer",
    "Product",
    "PublicReport",
    "Recall",
    "ReportItem",
    "Review",
    "Revision",
    "ScanDay",
    "ScanDevice",
    "ScanTally",
    "SignIn",
    "Site",
    "SourceProof",
    "StoredFile",
    "TestReport",
    "Voiding",
]
