"""The layouts of Windows events: names, order and types of their data.

Taken from Microsoft's pages on audit events ("4663(S): An attempt was made to
access an object", ...), from the events that the documentation of FSx for Windows
File Server quotes, and from samples. A field is NAME or NAME:TYPE, a string
where no type stands.
"""
SUBJECT = "SubjectUserSid:sid SubjectUserName SubjectDomainName SubjectLogonId:hex64 "
TARGET = "TargetUserSid:sid TargetUserName TargetDomainName TargetLogonId:hex64 "
OBJECT = "ObjectServer ObjectType ObjectName HandleId:pointer "
PROCESS = "ProcessId:pointer ProcessName "
PEER = "IpAddress IpPort "
CERTIFICATE = "CertIssuerName CertSerialNumber CertThumbprint "

AUDITING = ("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}")
EVENTLOG = ("Microsoft-Windows-Eventlog", "{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}")

# id: (version, task, its name, fields)
AUDIT = {
    4608: (0, 12288, "Security State Change", ""),
    4616: (1, 12288, "Security State Change", SUBJECT + "PreviousTime:filetime NewTime:filetime " + PROCESS),
    4624: (2, 12544, "Logon", SUBJECT + TARGET +
           "LogonType:uint32 LogonProcessName AuthenticationPackageName WorkstationName LogonGuid:guid "
           "TransmittedServices LmPackageName KeyLength:uint32 " + PROCESS + PEER +
           "ImpersonationLevel RestrictedAdminMode TargetOutboundUserName TargetOutboundDomainName VirtualAccount "
           "TargetLinkedLogonId:hex64 ElevatedToken"),
    4625: (0, 12544, "Logon", SUBJECT + "TargetUserSid:sid TargetUserName TargetDomainName Status:hex32 FailureReason "
           "SubStatus:hex32 LogonType:uint32 LogonProcessName AuthenticationPackageName WorkstationName "
           "TransmittedServices LmPackageName KeyLength:uint32 " + PROCESS + PEER),
    4634: (0, 12545, "Logoff", TARGET + "LogonType:uint32"),
    4647: (0, 12545, "Logoff", TARGET),
    4648: (0, 12544, "Logon", SUBJECT + "LogonGuid:guid TargetUserName TargetDomainName TargetLogonGuid:guid "
           "TargetServerName TargetInfo " + PROCESS + PEER),
    4656: (1, 12800, "File System", SUBJECT + OBJECT + "TransactionId:guid AccessList AccessReason AccessMask:hex32 "
           "PrivilegeList RestrictedSidCount:uint32 " + PROCESS + "ResourceAttributes"),
    4658: (0, 12800, "File System", SUBJECT + "ObjectServer HandleId:pointer " + PROCESS),
    4659: (0, 12800, "File System", SUBJECT + OBJECT + "TransactionId:guid AccessList AccessMask:hex32 PrivilegeList "
           "ProcessId:pointer"),
    4660: (0, 12800, "File System", SUBJECT + "ObjectServer HandleId:pointer " + PROCESS + "TransactionId:guid"),
    4663: (1, 12800, "File System", SUBJECT + OBJECT + "AccessList AccessMask:hex32 " + PROCESS + "ResourceAttributes"),
    4664: (0, 12800, "File System", SUBJECT + "FileName LinkName TransactionId:guid"),
    4670: (0, 13570, "Authorization Policy Change", SUBJECT + OBJECT + "OldSd NewSd " + PROCESS),
    4672: (0, 12548, "Special Logon", SUBJECT + "PrivilegeList"),
    4719: (0, 13568, "Audit Policy Change", SUBJECT + "CategoryId SubcategoryId SubcategoryGuid:guid AuditPolicyChanges"),
    4768: (0, 14339, "Kerberos Authentication Service", "TargetUserName TargetDomainName TargetSid:sid ServiceName "
           "ServiceSid:sid TicketOptions:hex32 Status:hex32 TicketEncryptionType:hex32 PreAuthType " + PEER + CERTIFICATE),
    4769: (0, 14337, "Kerberos Service Ticket Operations", "TargetUserName TargetDomainName ServiceName ServiceSid:sid "
           "TicketOptions:hex32 TicketEncryptionType:hex32 " + PEER + "Status:hex32 LogonGuid:guid TransmittedServices"),
    4771: (0, 14339, "Kerberos Authentication Service", "TargetUserName TargetSid:sid ServiceName TicketOptions:hex32 "
           "Status:hex32 PreAuthType " + PEER + CERTIFICATE),
    4776: (0, 14336, "Credential Validation", "PackageName TargetUserName Workstation Status:hex32"),
    4985: (0, 12800, "File System", SUBJECT + "TransactionId:guid NewState:uint32 ResourceManager:guid " + PROCESS),
    5136: (0, 14081, "Directory Service Changes", "OpCorrelationID:guid AppCorrelationID " + SUBJECT +
           "DSName DSType ObjectDN ObjectGUID:guid ObjectClass AttributeLDAPDisplayName AttributeSyntaxOID AttributeValue "
           "OperationType"),
    5140: (1, 12808, "File Share", SUBJECT + "ObjectType " + PEER + "ShareName ShareLocalPath AccessMask:hex32 AccessList"),
    5142: (0, 12808, "File Share", SUBJECT + "ShareName ShareLocalPath"),
    5143: (0, 12808, "File Share", SUBJECT + "ObjectType ShareName ShareLocalPath OldRemark NewRemark OldMaxUsers:hex32 "
           "NewMaxUsers:hex32 OldShareFlags:hex32 NewShareFlags:hex32 OldSD NewSD"),
    5144: (0, 12808, "File Share", SUBJECT + "ShareName ShareLocalPath"),
    5145: (0, 12811, "Detailed File Share", SUBJECT + "ObjectType " + PEER + "ShareName ShareLocalPath "
           "RelativeTargetName AccessMask:hex32 AccessList AccessReason"),
    5168: (0, 12808, "File Share", SUBJECT + "SpnName ErrorCode:hex32 ServerNames ConfiguredNames IpAddresses"),
}

# Of the log service itself, in UserData. id: (level, task, its name, element, fields)
SERVICE = {
    1100: (4, 103, "Service shutdown", "ServiceShutdown", ""),
    1102: (4, 104, "Log clear", "LogFileCleared", SUBJECT),
    1104: (2, 105, "Event processing", "FileIsFull", ""),
    1105: (4, 105, "Event processing", "AutoBackup", "Channel BackupPath"),
}


class Layout:
    """provider, guid, version, level, task, task_name, keywords; element: of UserData,
    None where the data is EventData; fields: (name, type), ..."""

    def __init__(self, provider, version, level, task, task_name, element, fields):
        self.provider, self.guid = provider
        self.version, self.level, self.task, self.task_name, self.element = version, level, task, task_name, element
        self.fields = [tuple((f + ":string").split(":")[:2]) for f in fields.split()]
        self.names = {name for name, _ in self.fields}


LAYOUTS = {i: Layout(AUDITING, version, 0, task, name, None, fields) for i, (version, task, name, fields) in AUDIT.items()}
LAYOUTS.update({i: Layout(EVENTLOG, 0, level, task, name, element, fields)
                for i, (level, task, name, element, fields) in SERVICE.items()})

# Bits of an access mask, and how AccessList writes them.
ACCESS = [(0x10000, 1537), (0x20000, 1538), (0x40000, 1539), (0x80000, 1540), (0x100000, 1541), (0x1000000, 1542),
          (0x1, 4416), (0x2, 4417), (0x4, 4418), (0x8, 4419), (0x10, 4420), (0x20, 4421), (0x40, 4422), (0x80, 4423),
          (0x100, 4424)]


def access_list(mask):
    return "".join(f"%%{text}\r\n\t\t\t\t" for bit, text in ACCESS if mask & bit)
