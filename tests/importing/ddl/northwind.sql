-- A trader in food, as Northwind for SQL Server has it.
CREATE TABLE [Categories] ([CategoryID] int IDENTITY(1,1) NOT NULL, [CategoryName] nvarchar(15) NOT NULL, [Description] ntext NULL, [Picture] image NULL, CONSTRAINT [PK_Categories] PRIMARY KEY ([CategoryID]));
CREATE TABLE [Customers] ([CustomerID] nchar(5) NOT NULL, [CompanyName] nvarchar(40) NOT NULL, [ContactName] nvarchar(30) NULL, [ContactTitle] nvarchar(30) NULL, [Address] nvarchar(60) NULL, [City] nvarchar(15) NULL,
  [Region] nvarchar(15) NULL, [PostalCode] nvarchar(10) NULL, [Country] nvarchar(15) NULL, [Phone] nvarchar(24) NULL, [Fax] nvarchar(24) NULL, CONSTRAINT [PK_Customers] PRIMARY KEY ([CustomerID]));
CREATE TABLE [CustomerDemographics] ([CustomerTypeID] nchar(10) NOT NULL, [CustomerDesc] ntext NULL, CONSTRAINT [PK_CustomerDemographics] PRIMARY KEY ([CustomerTypeID]));
CREATE TABLE [CustomerCustomerDemo] ([CustomerID] nchar(5) NOT NULL, [CustomerTypeID] nchar(10) NOT NULL, CONSTRAINT [PK_CustomerCustomerDemo] PRIMARY KEY ([CustomerID], [CustomerTypeID]),
  CONSTRAINT [FK_CCD_Customers] FOREIGN KEY ([CustomerID]) REFERENCES [Customers] ([CustomerID]), CONSTRAINT [FK_CCD] FOREIGN KEY ([CustomerTypeID]) REFERENCES [CustomerDemographics] ([CustomerTypeID]));
CREATE TABLE [Employees] ([EmployeeID] int IDENTITY(1,1) NOT NULL, [LastName] nvarchar(20) NOT NULL, [FirstName] nvarchar(10) NOT NULL, [Title] nvarchar(30) NULL, [TitleOfCourtesy] nvarchar(25) NULL, [BirthDate] datetime NULL,
  [HireDate] datetime NULL, [Address] nvarchar(60) NULL, [City] nvarchar(15) NULL, [Region] nvarchar(15) NULL, [PostalCode] nvarchar(10) NULL, [Country] nvarchar(15) NULL, [HomePhone] nvarchar(24) NULL, [Extension] nvarchar(4) NULL,
  [Photo] image NULL, [Notes] ntext NULL, [ReportsTo] int NULL, [PhotoPath] nvarchar(255) NULL, CONSTRAINT [PK_Employees] PRIMARY KEY ([EmployeeID]), CONSTRAINT [FK_Employees_Employees] FOREIGN KEY ([ReportsTo]) REFERENCES [Employees] ([EmployeeID]));
CREATE TABLE [Region] ([RegionID] int NOT NULL, [RegionDescription] nchar(50) NOT NULL, CONSTRAINT [PK_Region] PRIMARY KEY ([RegionID]));
CREATE TABLE [Territories] ([TerritoryID] nvarchar(20) NOT NULL, [TerritoryDescription] nchar(50) NOT NULL, [RegionID] int NOT NULL, CONSTRAINT [PK_Territories] PRIMARY KEY ([TerritoryID]), CONSTRAINT [FK_T_R] FOREIGN KEY ([RegionID]) REFERENCES [Region] ([RegionID]));
CREATE TABLE [EmployeeTerritories] ([EmployeeID] int NOT NULL, [TerritoryID] nvarchar(20) NOT NULL, CONSTRAINT [PK_EmployeeTerritories] PRIMARY KEY ([EmployeeID], [TerritoryID]),
  CONSTRAINT [FK_ET_E] FOREIGN KEY ([EmployeeID]) REFERENCES [Employees] ([EmployeeID]), CONSTRAINT [FK_ET_T] FOREIGN KEY ([TerritoryID]) REFERENCES [Territories] ([TerritoryID]));
CREATE TABLE [Shippers] ([ShipperID] int IDENTITY(1,1) NOT NULL, [CompanyName] nvarchar(40) NOT NULL, [Phone] nvarchar(24) NULL, CONSTRAINT [PK_Shippers] PRIMARY KEY ([ShipperID]));
CREATE TABLE [Suppliers] ([SupplierID] int IDENTITY(1,1) NOT NULL, [CompanyName] nvarchar(40) NOT NULL, [ContactName] nvarchar(30) NULL, [City] nvarchar(15) NULL, [Country] nvarchar(15) NULL, [HomePage] ntext NULL, CONSTRAINT [PK_Suppliers] PRIMARY KEY ([SupplierID]));
CREATE TABLE [Products] ([ProductID] int IDENTITY(1,1) NOT NULL, [ProductName] nvarchar(40) NOT NULL, [SupplierID] int NULL, [CategoryID] int NULL, [QuantityPerUnit] nvarchar(20) NULL, [UnitPrice] money NULL, [UnitsInStock] smallint NULL,
  [ReorderLevel] smallint NULL, [Discontinued] bit NOT NULL, CONSTRAINT [PK_Products] PRIMARY KEY ([ProductID]), CONSTRAINT [FK_P_C] FOREIGN KEY ([CategoryID]) REFERENCES [Categories] ([CategoryID]),
  CONSTRAINT [FK_P_S] FOREIGN KEY ([SupplierID]) REFERENCES [Suppliers] ([SupplierID]), CONSTRAINT [CK_UnitPrice] CHECK ([UnitPrice] >= 0), CONSTRAINT [CK_Stock] CHECK ([UnitsInStock] >= 0));
CREATE TABLE [Orders] ([OrderID] int IDENTITY(1,1) NOT NULL, [CustomerID] nchar(5) NULL, [EmployeeID] int NULL, [OrderDate] datetime NULL, [RequiredDate] datetime NULL, [ShippedDate] datetime NULL, [ShipVia] int NULL, [Freight] money NULL,
  [ShipName] nvarchar(40) NULL, [ShipCity] nvarchar(15) NULL, [ShipCountry] nvarchar(15) NULL, CONSTRAINT [PK_Orders] PRIMARY KEY ([OrderID]), CONSTRAINT [FK_O_C] FOREIGN KEY ([CustomerID]) REFERENCES [Customers] ([CustomerID]),
  CONSTRAINT [FK_O_E] FOREIGN KEY ([EmployeeID]) REFERENCES [Employees] ([EmployeeID]), CONSTRAINT [FK_O_S] FOREIGN KEY ([ShipVia]) REFERENCES [Shippers] ([ShipperID]));
CREATE TABLE [Order Details] ([OrderID] int NOT NULL, [ProductID] int NOT NULL, [UnitPrice] money NOT NULL, [Quantity] smallint NOT NULL, [Discount] real NOT NULL, CONSTRAINT [PK_Order_Details] PRIMARY KEY ([OrderID], [ProductID]),
  CONSTRAINT [FK_OD_O] FOREIGN KEY ([OrderID]) REFERENCES [Orders] ([OrderID]), CONSTRAINT [FK_OD_P] FOREIGN KEY ([ProductID]) REFERENCES [Products] ([ProductID]), CONSTRAINT [CK_Discount] CHECK ([Discount] >= 0 AND [Discount] <= 1),
  CONSTRAINT [CK_Quantity] CHECK ([Quantity] > 0));
