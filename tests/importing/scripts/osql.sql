SET NOCOUNT ON
GO
set quoted_identifier on
go
if exists (select * from sysobjects where id = object_id('dbo.Ten Most') and sysstat & 0xf = 4)
	drop procedure "dbo"."Ten Most"
GO
if exists (select * from sysobjects where id = object_id('dbo.Orders') and sysstat & 0xf = 3)
	drop table "dbo"."Orders"
if exists (select * from sysobjects where id = object_id('dbo.Clients') and sysstat & 0xf = 3)
	drop table "dbo"."Clients"
GO
CREATE TABLE "Clients" (
	"ClientID" nchar (5) NOT NULL ,
	"CompanyName" nvarchar (40) NOT NULL ,
	CONSTRAINT "PK_Clients" PRIMARY KEY  CLUSTERED 
	(
		"ClientID"
	)
)
GO
 CREATE  INDEX "CompanyName" ON "dbo"."Clients"("CompanyName")
GO
CREATE TABLE "Orders" (
	"OrderID" "int" IDENTITY (1, 1) NOT NULL ,
	"ClientID" nchar (5) NULL ,
	"OrderDate" "datetime" NULL ,
	"Freight" "money" NULL CONSTRAINT "DF_Orders_Freight" DEFAULT (0),
	CONSTRAINT "PK_Orders" PRIMARY KEY  CLUSTERED 
	(
		"OrderID"
	),
	CONSTRAINT "FK_Orders_Clients" FOREIGN KEY 
	(
		"ClientID"
	) REFERENCES "dbo"."Clients" (
		"ClientID"
	),
	CONSTRAINT "CK_Birthdate" CHECK (OrderDate < getdate())
)
GO
raiserror('Now the lines ...',0,1)
IF OBJECT_ID('dbo.Lines', 'U') IS NOT NULL DROP TABLE dbo.Lines
CREATE TABLE Lines (OrderID int NOT NULL, LineNumber int NOT NULL, Quantity smallint NOT NULL CHECK (Quantity > 0))
ALTER TABLE Lines WITH NOCHECK ADD CONSTRAINT PK_Lines PRIMARY KEY NONCLUSTERED (OrderID, LineNumber) ON [PRIMARY]
INSERT INTO Lines VALUES (1, 1, 1)
IF NOT EXISTS (SELECT * FROM sys.tables WHERE name = 'Notes')
BEGIN
	CREATE TABLE Notes (Id int NOT NULL PRIMARY KEY CLUSTERED, OrderID int REFERENCES Orders (OrderID), Body ntext)
END
GO
