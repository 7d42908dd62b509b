"""All tables. Rows are records, not validated input: inputs are separate models at the door.

Instants are Unix seconds, days are Beijing calendar days, quantities are thousandths of a unit.
Rows that a promise may rest on are never updated or deleted: a correction is a new row.
"""

from tracer.store.tables.assessments import (
    Assessment,
    AssessmentEvidence,
    AssessmentResult,
    AssessmentStep,
    Call,
    ExpertTie,
    Licence,
    LicenceStep,
    ScoreSheet,
)
from tracer.store.tables.bases import (
    Base,
    BaseNotice,
    BaseProduct,
    BaseRecord,
    BaseResident,
    NoticeReading,
)
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
from tracer.store.tables.dossier import (
    ChangeSet,
    Element,
    ElementFile,
    InsuredProduct,
    Policy,
)
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
from tracer.store.tables.names import NamePart
from tracer.store.tables.people import Account, ApiToken, Producer, SignIn
from tracer.store.tables.prints import (
    LabelCounter,
    OwnStock,
    Printer,
    PrintRun,
    PrintSending,
    PrintStep,
    StockPlace,
)
from tracer.store.tables.scans import (
    JournalPosition,
    OwnDevice,
    Review,
    ReviewSetAside,
    ScanDay,
    ScanDevice,
    ScanTally,
)
from tracer.store.tables.supervision import Incident, IncidentStep, PublicReport

__all__ = [
    "Account",
    "ApiToken",
    "Assessment",
    "AssessmentEvidence",
    "AssessmentResult",
    "AssessmentStep",
    "Base",
    "BaseNotice",
    "BaseProduct",
    "BaseRecord",
    "BaseResident",
    "Batch",
    "BatchEdge",
    "Call",
    "Campaign",
    "Certificate",
    "ChangeSet",
    "CreditScore",
    "Element",
    "ElementFile",
    "ExpertTie",
    "Finding",
    "Idempotency",
    "Incident",
    "IncidentStep",
    "Input",
    "InputUse",
    "InsuredProduct",
    "IssuerKey",
    "JournalPosition",
    "LabelCounter",
    "Licence",
    "LicenceStep",
    "LogLeaf",
    "NamePart",
    "NoticeReading",
    "NumberSequence",
    "Operation",
    "OwnDevice",
    "OwnStock",
    "Plot",
    "Policy",
    "Posting",
    "PrintRun",
    "PrintSending",
    "PrintStep",
    "Printer",
    "Producer",
    "Product",
    "PublicReport",
    "Recall",
    "ReportItem",
    "Review",
    "ReviewSetAside",
    "Revision",
    "ScanDay",
    "ScanDevice",
    "ScanTally",
    "ScoreSheet",
    "SignIn",
    "Site",
    "SourceProof",
    "StockPlace",
    "StoredFile",
    "TestReport",
    "Voiding",
]
